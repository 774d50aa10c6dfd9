import type { Connection } from './connection.svelte';
import { ApiError, Unreachable, isAbort } from './errors';
import type { Session, Tokens } from './session.svelte';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: object;
  signal?: AbortSignal | undefined;
  /** Sent without a token; a 401 is then an answer, not a reason to renew. */
  anonymous?: boolean;
}

const GATEWAY_ERRORS = [502, 503, 504];

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
    for (let refresh = this.session.refresh; refresh !== ''; ) {
      try {
        const options = anonymousPost({ refresh });
        const tokens = await this.call<Tokens>('auth/token/refresh/', options);
        if (this.session.refresh === '') return false;
        this.session.accept(tokens);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
      }
      // Another tab may have been given the next token while this call was under way.
      if (this.session.refresh === refresh) break;
      refresh = this.session.refresh;
    }
    this.session.clear();
    return false;
  }

  /** Send a request below `/api/`; raises ApiError when the answer is no. */
  async call<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
    if (!options.anonymous && this.session.isAgeing) await this.renew();
    let response = await this.#send(path, options);
    if (response.status === 401 && !options.anonymous && (await this.renew())) {
      response = await this.#send(path, options);
    }
    if (!response.ok) throw await ApiError.from(response);
    const text = await response.text();
    return (text === '' ? null : JSON.parse(text)) as Answer;
  }

  async #send(path: string, options: RequestOptions): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (options.body) headers['Content-Type'] = 'application/json';
    if (!options.anonymous) headers['Authorization'] = `Bearer ${this.session.access}`;
    const init: RequestInit = { method: options.method ?? 'GET', headers };
    if (options.body) init.body = JSON.stringify(options.body);
    if (options.signal) init.signal = options.signal;
    const { losses } = this.connection;
    const response = await this.#reach(path, init);
    if (GATEWAY_ERRORS.includes(response.status)) throw this.#lost();
    this.connection.answered(losses);
    return response;
  }

  async #reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`/api/${path}`, init);
    } catch (error) {
      if (isAbort(error)) throw error;
      throw this.#lost(error);
    }
  }

  #lost(cause?: unknown): Unreachable {
    this.connection.lost();
    return new Unreachable({ cause });
  }
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
