import type { Connection } from './connection.svelte';
import { ApiError, Unreachable, isAbort } from './errors';
import type { Session, Tokens } from './session.svelte';
import type {
  BulkResult,
  DatePhotosGroup,
  FailedFile,
  IncompleteDatePhotosGroup,
  Job,
  JobFailure,
  NewUser,
  Page,
  Photo,
  PigPhoto,
  RecentlyAdded,
  TimelineFilter,
  UserSettings,
  WorkerAvailability,
} from './types';

interface RequestOptions {
  method?: 'GET' | 'POST';
  body?: object;
  signal?: AbortSignal | undefined;
  /** Sent without a token; a 401 is then an answer, not a reason to renew. */
  anonymous?: boolean;
}

const GATEWAY_ERRORS = [502, 503, 504];

/** The server's API, typed. Renews an expired access token once and repeats the call. */
export class ApiClient {
  #renewal: Promise<boolean> | null = null;

  constructor(
    private readonly session: Session,
    private readonly connection: Connection,
  ) {}

  async signIn(username: string, password: string): Promise<void> {
    const body = { username: username.trim().toLowerCase(), password };
    this.session.accept(await this.#call<Tokens>('auth/token/obtain/', anonymousPost(body)));
  }

  /** Revoke the refresh token and forget who was signed in, whatever the server answers. */
  async signOut(): Promise<void> {
    const body = { refresh: this.session.refresh };
    this.session.clear();
    try {
      await this.#call('auth/token/blacklist/', anonymousPost(body));
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  /** Get a new access token; false when the person has to sign in again. */
  renew(): Promise<boolean> {
    this.#renewal ??= this.#renewOnce().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Make images load again after one failed; false when that cannot be done now. */
  async renewMedia(): Promise<boolean> {
    if (!this.session.isAgeing) return true;
    try {
      return await this.renew();
    } catch (error) {
      if (error instanceof ApiError || error instanceof Unreachable) return false;
      throw error;
    }
  }

  async isFirstTimeSetup(): Promise<boolean> {
    const options = { anonymous: true };
    const answer = await this.#call<{ isFirstTimeSetup: boolean }>('firsttimesetup/', options);
    return answer.isFirstTimeSetup;
  }

  async createUser(user: NewUser): Promise<void> {
    const body = { ...user, username: user.username.trim().toLowerCase() };
    await this.#call('user/', anonymousPost(body));
  }

  user(id: number): Promise<UserSettings> {
    return this.#call(`user/${id}/`);
  }

  /** All days of the timeline, newest first, without their photos. */
  async days(filter: TimelineFilter): Promise<IncompleteDatePhotosGroup[]> {
    type Answer = { results: IncompleteDatePhotosGroup[] };
    return (await this.#call<Answer>(`albums/date/list/${query(flag(filter))}`)).results;
  }

  /** One page (1-based, 100 photos) of a day. */
  async dayPage(
    dayId: string,
    page: number,
    filter: TimelineFilter,
    signal?: AbortSignal,
  ): Promise<IncompleteDatePhotosGroup> {
    const path = `albums/date/${encodeURIComponent(dayId)}/`;
    type Answer = { results: IncompleteDatePhotosGroup };
    const search = query({ page: String(page), ...flag(filter) });
    return (await this.#call<Answer>(path + search, { signal })).results;
  }

  recentlyAdded(): Promise<RecentlyAdded> {
    return this.#call('photos/recentlyadded/');
  }

  photo(id: string, signal?: AbortSignal): Promise<Photo> {
    return this.#call(`photos/${encodeURIComponent(id)}/`, { signal });
  }

  /** Matches grouped by day, or a flat list when the server ranks by meaning. */
  async search(text: string, signal?: AbortSignal): Promise<DatePhotosGroup[] | PigPhoto[]> {
    type Answer = { results: DatePhotosGroup[] | PigPhoto[] };
    const path = `photos/searchlist/${query({ search: text })}`;
    return (await this.#call<Answer>(path, { signal })).results;
  }

  async searchExamples(): Promise<string[]> {
    return (await this.#call<{ results: string[] }>('searchtermexamples/')).results;
  }

  setFavourite(ids: string[], favorite: boolean): Promise<BulkResult> {
    return this.#edit('favorite', { image_hashes: ids, favorite });
  }

  setHidden(ids: string[], hidden: boolean): Promise<BulkResult> {
    return this.#edit('hide', { image_hashes: ids, hidden });
  }

  setTrashed(ids: string[], deleted: boolean): Promise<BulkResult> {
    return this.#edit('setdeleted', { image_hashes: ids, deleted });
  }

  worker(): Promise<WorkerAvailability> {
    return this.#call('rqavailable/');
  }

  async latestJobs(count: number): Promise<Job[]> {
    const path = `jobs/${query({ page_size: String(count), page: '1' })}`;
    return (await this.#call<Page<Job>>(path)).results;
  }

  jobFailures(jobId: string, page: number, signal?: AbortSignal): Promise<Page<JobFailure>> {
    const path = `jobs/${encodeURIComponent(jobId)}/failures/`;
    return this.#call(path + query({ page: String(page) }), { signal });
  }

  /** What failed in any scan and was not mended since, last found first. */
  failedFiles(page: number, signal?: AbortSignal): Promise<Page<FailedFile>> {
    return this.#call(`files/failed/${query({ page: String(page) })}`, { signal });
  }

  async failedFileCount(): Promise<number> {
    return (await this.#call<Page<FailedFile>>('files/failed/?page_size=1')).count;
  }

  startScan(): Promise<string> {
    return this.#startJob('scanphotos/');
  }

  /** Start a scan that reads again what failed. */
  retryFailedFiles(): Promise<string> {
    return this.#startJob('files/failed/retry/');
  }

  async #startJob(path: string): Promise<string> {
    const options = { method: 'POST', body: {} } as const;
    return (await this.#call<{ job_id: string }>(path, options)).job_id;
  }

  #edit(action: string, body: object): Promise<BulkResult> {
    return this.#call(`photosedit/${action}/`, { method: 'POST', body });
  }

  async #renewOnce(): Promise<boolean> {
    for (let refresh = this.session.refresh; refresh !== ''; ) {
      try {
        const options = anonymousPost({ refresh });
        const tokens = await this.#call<Tokens>('auth/token/refresh/', options);
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

  async #call<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
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
    const response = await this.#reach(path, init);
    if (GATEWAY_ERRORS.includes(response.status)) throw this.#lost();
    this.connection.answered();
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

function anonymousPost(body: object): RequestOptions {
  return { method: 'POST', body, anonymous: true };
}

function flag(filter: TimelineFilter): Record<string, string> {
  return filter === 'all' ? {} : { [filter]: 'true' };
}

function query(values: Record<string, string>): string {
  const text = new URLSearchParams(values).toString();
  return text === '' ? '' : `?${text}`;
}
