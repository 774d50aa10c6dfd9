import createClient, { type Client } from 'openapi-fetch';
import type { Connection } from './connection.svelte';
import { ApiError, SessionEnded, Unreachable, isAbort } from './errors';
import type { Session, Tokens } from './session.svelte';
import type { paths } from './schema';
import { Silence } from './silence';

interface Answered {
  status: number;
  ok: boolean;
  text: string;
}

/** The calls of the schema; a refusal is raised, never returned. */
export type Api = Client<paths>;

const GATEWAY_ERRORS = [502, 503, 504];
/** Without a byte for so long there is no answer. The server has a caption waited for 25 s. */
const SILENCE_MS = 35_000;
/** A hundred thousand photos take a while to change, on a slow disk some minutes. */
const SILENCE_OF_CHANGES_MS = 310_000;
const CHANGES = '/api/photosedit/';

/** Calls of the API by its schema. Renews an expired access token once and repeats the call. */
export class Transport {
  /** Calls in the name of whoever is signed in. */
  readonly api: Api = createClient<paths>({
    baseUrl: location.origin,
    headers: { Accept: 'application/json' },
    fetch: async (request) => responseOf(await this.#asWhoeverIsSignedIn(request)),
  });
  #renewal: Promise<boolean> | null = null;

  constructor(
    private readonly session: Session,
    private readonly connection: Connection,
  ) {}

  /** Get a new access token; false when the person has to sign in again. */
  renew(): Promise<boolean> {
    this.#renewal ??= this.#renewOnce().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #renewOnce(): Promise<boolean> {
    for (let refresh = this.session.refresh; refresh !== ''; refresh = this.session.refresh) {
      const tokens = await this.#exchange(refresh);
      // Another tab has signed out or in while this call was under way.
      if (this.session.refresh !== refresh) continue;
      if (tokens === null) break;
      this.session.accept(tokens);
      return true;
    }
    this.session.end();
    return false;
  }

  /** The new tokens for a refresh token; null when it is refused. */
  async #exchange(refresh: string): Promise<Tokens | null> {
    const options = { body: { refresh }, fetch: this.anonymously };
    try {
      return await answerOf(this.api.POST('/api/auth/token/refresh/', options));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  /** What sends a call without a token: a 401 is then an answer, not a reason to renew. */
  readonly anonymously = async (request: Request): Promise<Response> =>
    responseOf(await this.#send(request, ''));

  /** Raises SessionEnded when the answer is not for whoever is signed in by now. */
  async #asWhoeverIsSignedIn(request: Request): Promise<Answered> {
    const asker = this.session.claims?.user_id ?? null;
    let answer: Answered | null = null;
    let failure: unknown = null;
    try {
      answer = await this.#sendAs(asker, request);
    } catch (error) {
      failure = error;
    }
    if (!this.session.isOf(asker)) throw this.#ended(request, answer?.ok === true);
    if (answer === null) throw failure;
    return answer;
  }

  /** Send a request while the asker is signed in, and in nobody else's name. */
  async #sendAs(asker: number | null, request: Request): Promise<Answered | null> {
    if (!this.session.isOf(asker)) return null;
    if (this.session.isAgeing && !(await this.renew())) return null;
    if (!this.session.isOf(asker)) return null;
    const answer = await this.#send(request, this.session.access);
    if (answer.status !== 401 || !(await this.renew())) return answer;
    return this.session.isOf(asker) ? this.#send(request, this.session.access) : answer;
  }

  /** The asker has gone meanwhile: nothing that they did is lost without a word. */
  #ended({ method }: Request, isDone: boolean): SessionEnded {
    if (method !== 'GET' && !isDone) this.session.ending = 'unsaved';
    this.session.follow();
    return new SessionEnded();
  }

  async #send(request: Request, token: string): Promise<Answered> {
    const { losses } = this.connection;
    const sent = request.clone(); // it may have to be sent once more
    if (token !== '') sent.headers.set('Authorization', `Bearer ${token}`);
    const answer = await this.#reach(sent);
    if (GATEWAY_ERRORS.includes(answer.status)) throw this.#lost();
    this.connection.answered(losses);
    return answer;
  }

  /**
   * The whole answer. One of which the rest is lost on its way is none, nor is the page of
   * whoever stands in between, as a hotel's network that asks to sign in, nor silence.
   */
  async #reach(request: Request): Promise<Answered> {
    const changes = new URL(request.url).pathname.startsWith(CHANGES);
    const silence = new Silence(changes ? SILENCE_OF_CHANGES_MS : SILENCE_MS);
    const signal = AbortSignal.any([request.signal, silence.signal]);
    try {
      const response = await fetch(request, { signal });
      const { status, ok } = response;
      const text = await silence.textOf(response);
      if (ok && text !== '' && !isFile(response)) JSON.parse(text);
      return { status, ok, text };
    } catch (error) {
      if (isAbort(error)) throw error;
      throw this.#lost(error);
    } finally {
      silence.end();
    }
  }

  #lost(cause?: unknown): Unreachable {
    this.connection.lost();
    return new Unreachable({ cause });
  }
}

/** What an answer that says yes holds. */
export async function answerOf<Answer>(call: Promise<{ data?: Answer }>): Promise<Answer> {
  return (await call).data as Answer;
}

/** Whether the server sends a file to save, which may hold anything. */
function isFile(response: Response): boolean {
  return response.headers.get('Content-Type') === 'application/octet-stream';
}

function responseOf({ status, ok, text }: Answered): Response {
  if (!ok) throw ApiError.from(status, text);
  return new Response(text === '' ? null : text, { status });
}
