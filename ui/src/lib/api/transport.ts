import type { Connection } from './connection.svelte';
import { ApiError, SessionEnded, Unreachable, isAbort } from './errors';
import type { Session, Tokens } from './session.svelte';
import { Silence } from './silence';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: object;
  signal?: AbortSignal | undefined;
  /** Sent without a token; a 401 is then an answer, not a reason to renew. */
  anonymous?: boolean;
}

interface Answered {
  status: number;
  ok: boolean;
  text: string;
  /** What an answer that says yes holds; null when that is nothing. */
  content: unknown;
}

const GATEWAY_ERRORS = [502, 503, 504];
/** Without a byte for so long there is no answer. The server has a caption waited for 25 s. */
const SILENCE_MS = 35_000;

/** Calls of the API as JSON. Renews an expired access token once and repeats the call. */
export class Transport {
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
    try {
      return await this.call<Tokens>('auth/token/refresh/', anonymousPost({ refresh }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  /**
   * Send a request below `/api/`; raises ApiError when the answer is no, and SessionEnded
   * when it is not for whoever is signed in by now.
   */
  async call<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
    if (options.anonymous) return contentOf(await this.#send(path, options));
    const asker = this.session.claims?.user_id ?? null;
    let response: Answered | null = null;
    let failure: unknown = null;
    try {
      response = await this.#sendAs(asker, path, options);
    } catch (error) {
      failure = error;
    }
    if (!this.session.isOf(asker)) throw this.#ended(options, response?.ok === true);
    if (response === null) throw failure;
    return contentOf(response);
  }

  /** Send a request while the asker is signed in, and in nobody else's name. */
  async #sendAs(
    asker: number | null,
    path: string,
    options: RequestOptions,
  ): Promise<Answered | null> {
    if (!this.session.isOf(asker)) return null;
    if (this.session.isAgeing && !(await this.renew())) return null;
    if (!this.session.isOf(asker)) return null;
    const response = await this.#send(path, options);
    if (response.status !== 401 || !(await this.renew())) return response;
    return this.session.isOf(asker) ? this.#send(path, options) : response;
  }

  /** The asker has gone meanwhile: nothing that they did is lost without a word. */
  #ended({ method = 'GET' }: RequestOptions, isDone: boolean): SessionEnded {
    if (method !== 'GET' && !isDone) this.session.ending = 'unsaved';
    this.session.follow();
    return new SessionEnded();
  }

  async #send(path: string, options: RequestOptions): Promise<Answered> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (options.body) headers['Content-Type'] = 'application/json';
    if (!options.anonymous) headers['Authorization'] = `Bearer ${this.session.access}`;
    const init: RequestInit = { method: options.method ?? 'GET', headers };
    if (options.body) init.body = JSON.stringify(options.body);
    if (options.signal) init.signal = options.signal;
    const { losses } = this.connection;
    const answer = await this.#reach(path, init);
    if (GATEWAY_ERRORS.includes(answer.status)) throw this.#lost();
    this.connection.answered(losses);
    return answer;
  }

  /**
   * The whole answer. One of which the rest is lost on its way is none, nor is the page of
   * whoever stands in between, as a hotel's network that asks to sign in, nor silence.
   */
  async #reach(path: string, init: RequestInit): Promise<Answered> {
    const silence = new Silence(SILENCE_MS);
    const signals = init.signal ? [init.signal, silence.signal] : [silence.signal];
    try {
      const response = await fetch(`/api/${path}`, { ...init, signal: AbortSignal.any(signals) });
      const { status, ok } = response;
      const text = await silence.textOf(response);
      return { status, ok, text, content: ok && text !== '' ? JSON.parse(text) : null };
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

function contentOf<Answer>({ status, ok, text, content }: Answered): Answer {
  if (!ok) throw ApiError.from(status, text);
  return content as Answer;
}

export function anonymousPost(body: object): RequestOptions {
  return { method: 'POST', body, anonymous: true };
}

export function post(body: object = {}): RequestOptions {
  return { method: 'POST', body };
}

/** "?a=1&b=2", or "" without values. */
export function query(values: Record<string, string>): string {
  const text = new URLSearchParams(values).toString();
  return text === '' ? '' : `?${text}`;
}
