import type { Connection } from './connection.svelte';
import { attempt } from './attempt';
import { ModelsApi } from './models';
import { PeopleApi } from './people';
import type { Session, Tokens } from './session.svelte';
import { ThingsApi } from './things';
import { Transport, anonymousPost, post, query } from './transport';
import type {
  BulkResult,
  FailedFile,
  FailedFiles,
  IncompleteDatePhotosGroup,
  Job,
  JobFailure,
  NewUser,
  Page,
  Photo,
  RecentlyAdded,
  SearchAnswer,
  TimelineFilter,
  UserSettings,
  WorkerAvailability,
} from './types';

/** The server's API, typed. */
export class ApiClient {
  readonly people: PeopleApi;
  readonly things: ThingsApi;
  readonly models: ModelsApi;
  readonly #transport: Transport;

  constructor(
    private readonly session: Session,
    connection: Connection,
  ) {
    this.#transport = new Transport(session, connection);
    this.people = new PeopleApi(this.#transport);
    this.things = new ThingsApi(this.#transport);
    this.models = new ModelsApi(this.#transport);
  }

  async signIn(username: string, password: string): Promise<void> {
    const body = { username: username.trim().toLowerCase(), password };
    const tokens = this.#transport.call<Tokens>('auth/token/obtain/', anonymousPost(body));
    this.session.accept(await tokens);
  }

  /** Revoke the refresh token and forget who was signed in, whatever the server answers. */
  async signOut(): Promise<void> {
    const body = { refresh: this.session.refresh };
    this.session.clear();
    await attempt(() => this.#transport.call('auth/token/blacklist/', anonymousPost(body)));
  }

  /** Get a new access token; false when the person has to sign in again. */
  renew(): Promise<boolean> {
    return this.#transport.renew();
  }

  /** Make images load again after one failed; false when that cannot be done now. */
  async renewMedia(): Promise<boolean> {
    if (!this.session.isAgeing) return true;
    let isRenewed = false;
    await attempt(async () => (isRenewed = await this.renew()));
    return isRenewed;
  }

  async isFirstTimeSetup(): Promise<boolean> {
    const options = { anonymous: true };
    const answer = await this.#transport.call<{ isFirstTimeSetup: boolean }>(
      'firsttimesetup/',
      options,
    );
    return answer.isFirstTimeSetup;
  }

  async createUser(user: NewUser): Promise<void> {
    const body = { ...user, username: user.username.trim().toLowerCase() };
    await this.#transport.call('user/', anonymousPost(body));
  }

  user(id: number): Promise<UserSettings> {
    return this.#transport.call(`user/${id}/`);
  }

  /** All days of the timeline, newest first, without their photos. */
  async days(filter: TimelineFilter): Promise<IncompleteDatePhotosGroup[]> {
    type Answer = { results: IncompleteDatePhotosGroup[] };
    return (await this.#transport.call<Answer>(`albums/date/list/${query(flag(filter))}`)).results;
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
    return (await this.#transport.call<Answer>(path + search, { signal })).results;
  }

  recentlyAdded(): Promise<RecentlyAdded> {
    return this.#transport.call('photos/recentlyadded/');
  }

  photo(id: string, signal?: AbortSignal): Promise<Photo> {
    return this.#transport.call(`photos/${encodeURIComponent(id)}/`, { signal });
  }

  /** One page (1-based, 100 photos) of what meets the words, then of what looks like them. */
  search(text: string, page: number, signal?: AbortSignal): Promise<SearchAnswer> {
    const search = query({ search: text, ranking: 'meaning', page: String(page) });
    return this.#transport.call(`photos/searchlist/${search}`, { signal });
  }

  async searchExamples(): Promise<string[]> {
    return (await this.#transport.call<{ results: string[] }>('searchtermexamples/')).results;
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

  /** Store a caption; its #hashtags become things. */
  saveCaption(id: string, caption: string): Promise<unknown> {
    const body = { image_hash: id, caption };
    return this.#transport.call('photosedit/savecaption/', post(body));
  }

  /** Have a model describe the photo; `message` says what is in the way. */
  describe(id: string): Promise<{ status: boolean; reason?: string; message?: string }> {
    return this.#transport.call('photosedit/generateim2txt/', post({ image_hash: id }));
  }

  worker(): Promise<WorkerAvailability> {
    return this.#transport.call('rqavailable/');
  }

  async latestJobs(count: number): Promise<Job[]> {
    const path = `jobs/${query({ page_size: String(count), page: '1' })}`;
    return (await this.#transport.call<Page<Job>>(path)).results;
  }

  jobFailures(jobId: string, page: number, signal?: AbortSignal): Promise<Page<JobFailure>> {
    const path = `jobs/${encodeURIComponent(jobId)}/failures/`;
    return this.#transport.call(path + query({ page: String(page) }), { signal });
  }

  /** What failed in any scan and was not mended since, last found first. */
  failedFiles(page: number, signal?: AbortSignal): Promise<FailedFiles> {
    return this.#transport.call(`files/failed/${query({ page: String(page) })}`, { signal });
  }

  async failedFileCount(): Promise<number> {
    return (await this.#transport.call<Page<FailedFile>>('files/failed/?page_size=1')).count;
  }

  startScan(): Promise<string> {
    return this.#startJob('scanphotos/');
  }

  /** Start a scan that reads again what failed. */
  retryFailedFiles(): Promise<string> {
    return this.#startJob('files/failed/retry/');
  }

  async #startJob(path: string): Promise<string> {
    return (await this.#transport.call<{ job_id: string }>(path, post())).job_id;
  }

  #edit(action: string, body: object): Promise<BulkResult> {
    return this.#transport.call(`photosedit/${action}/`, post(body));
  }
}

function flag(filter: TimelineFilter): Record<string, string> {
  if (typeof filter !== 'string') return { person: String(filter.person) };
  return filter === 'all' ? {} : { [filter]: 'true' };
}
