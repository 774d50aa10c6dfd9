import type { Connection } from './connection.svelte';
import { AccountsApi } from './accounts';
import { AdministrationApi } from './administration';
import { attempt } from './attempt';
import { LinksApi } from './links';
import { DownloadsApi } from './downloads';
import { EditsApi } from './edits';
import { ModelsApi } from './models';
import { PeopleApi } from './people';
import { PlacesApi } from './places';
import { SelectionApi } from './selection';
import type { Session } from './session.svelte';
import { SharingApi } from './sharing';
import { TagsApi } from './tags';
import { ThingsApi } from './things';
import { UploadsApi } from './uploads';
import { UserAlbumsApi } from './user-albums';
import { Transport, answerOf, type Api } from './transport';
import type {
  DayColumns,
  GridColumns,
  CaptionAttempt,
  EditedPhotos,
  FailedFiles,
  Job,
  JobFailure,
  NewUser,
  Page,
  Photo,
  RecentlyAdded,
  SearchAnswer,
  TimelineFilter,
  TimelineQuery,
  User,
  WorkerAvailability,
} from './types';

/** The server's API, typed. */
export class ApiClient {
  readonly people: PeopleApi;
  readonly things: ThingsApi;
  readonly uploads: UploadsApi;
  readonly userAlbums: UserAlbumsApi;
  readonly sharing: SharingApi;
  readonly places: PlacesApi;
  readonly models: ModelsApi;
  readonly links: LinksApi;
  readonly selection: SelectionApi;
  readonly downloads: DownloadsApi;
  readonly accounts: AccountsApi;
  readonly administration: AdministrationApi;
  readonly edits: EditsApi;
  readonly tags: TagsApi;
  readonly #transport: Transport;
  readonly #api: Api;

  constructor(
    private readonly session: Session,
    connection: Connection,
  ) {
    this.#transport = new Transport(session, connection);
    this.#api = this.#transport.api;
    this.people = new PeopleApi(this.#api);
    this.things = new ThingsApi(this.#api);
    this.uploads = new UploadsApi(this.#api);
    this.userAlbums = new UserAlbumsApi(this.#api);
    this.sharing = new SharingApi(this.#api);
    this.places = new PlacesApi(this.#api);
    this.models = new ModelsApi(this.#api);
    this.links = new LinksApi(this.#api);
    this.selection = new SelectionApi(this.#api);
    this.downloads = new DownloadsApi(this.#api);
    this.accounts = new AccountsApi(this.#api);
    this.administration = new AdministrationApi(this.#api);
    this.edits = new EditsApi(this.#api);
    this.tags = new TagsApi(this.#api);
  }

  async signIn(username: string, password: string): Promise<void> {
    const body = { username: username.trim().toLowerCase(), password };
    const options = { body, fetch: this.#transport.anonymously };
    this.session.accept(await answerOf(this.#api.POST('/api/auth/token/obtain/', options)));
  }

  /** Revoke the refresh token and forget who was signed in, whatever the server answers. */
  async signOut(): Promise<void> {
    const options = { body: { refresh: this.session.refresh }, fetch: this.#transport.anonymously };
    this.session.clear();
    await attempt(() => this.#api.POST('/api/auth/token/blacklist/', options));
  }

  /** Get a new access token; false when the person has to sign in again. */
  renew(): Promise<boolean> {
    return this.#transport.renew();
  }

  /** Whether the cookie by which images are asked for may have run out. */
  get isAgeing(): boolean {
    return this.session.isAgeing;
  }

  /** Make images load again after one failed; false when that cannot be done now. */
  async renewMedia(): Promise<boolean> {
    if (!this.session.isAgeing) return true;
    let isRenewed = false;
    await attempt(async () => (isRenewed = await this.renew()));
    return isRenewed;
  }

  async isFirstTimeSetup(): Promise<boolean> {
    const options = { fetch: this.#transport.anonymously };
    return (await answerOf(this.#api.GET('/api/firsttimesetup/', options))).isFirstTimeSetup;
  }

  async createUser(user: NewUser): Promise<void> {
    const body = { ...user, username: user.username.trim().toLowerCase() };
    await this.#api.POST('/api/user/', { body, fetch: this.#transport.anonymously });
  }

  /** An account in full, which whoever is signed in is answered with. */
  async user(id: number): Promise<User> {
    const params = { path: { id: String(id) } };
    return (await answerOf(this.#api.GET('/api/user/{id}/', { params }))) as User;
  }

  /** All days of the timeline, newest first, without their photos. */
  days(filter: TimelineFilter): Promise<DayColumns> {
    return answerOf(this.#api.GET('/api/timeline/days/', { params: { query: flag(filter) } }));
  }

  /** At most `limit` photos of the timeline from the one at an offset of a day on. */
  timeline(
    { day, offset, limit }: { day: string; offset: number; limit: number },
    filter: TimelineFilter,
    signal?: AbortSignal,
  ): Promise<GridColumns> {
    const place = { day, offset: String(offset), limit: String(limit) };
    const params = { query: { ...place, ...flag(filter) } };
    return answerOf(this.#api.GET('/api/timeline/photos/', { params, signal }));
  }

  recentlyAdded(): Promise<RecentlyAdded> {
    return answerOf(this.#api.GET('/api/photos/recentlyadded/'));
  }

  photo(name: string, signal?: AbortSignal): Promise<Photo> {
    return answerOf(this.#api.GET('/api/photos/{name}/', { params: { path: { name } }, signal }));
  }

  /** One page (1-based, 100 photos) of what meets the words, then of what looks like them. */
  async search(text: string, page: number, signal?: AbortSignal): Promise<SearchAnswer> {
    const params = { query: { search: text, ranking: 'meaning', page: String(page) } };
    const answer = await answerOf(this.#api.GET('/api/photos/searchlist/', { params, signal }));
    return answer as SearchAnswer; // days, unless a ranking is asked for
  }

  async searchExamples(): Promise<string[]> {
    return (await answerOf(this.#api.GET('/api/searchtermexamples/'))).results;
  }

  setFavourite(ids: string[], favorite: boolean): Promise<EditedPhotos> {
    const body = { image_hashes: ids, favorite };
    return answerOf(this.#api.POST('/api/photosedit/favorite/', { body }));
  }

  setHidden(ids: string[], hidden: boolean): Promise<EditedPhotos> {
    const body = { image_hashes: ids, hidden };
    return answerOf(this.#api.POST('/api/photosedit/hide/', { body }));
  }

  setTrashed(ids: string[], deleted: boolean): Promise<EditedPhotos> {
    const body = { image_hashes: ids, deleted };
    return answerOf(this.#api.POST('/api/photosedit/setdeleted/', { body }));
  }

  /** Store a caption; its #hashtags become things. */
  saveCaption(id: string, caption: string): Promise<unknown> {
    return this.#api.POST('/api/photosedit/savecaption/', { body: { image_hash: id, caption } });
  }

  /** Have a model describe the photo; `message` says what is in the way. */
  describe(id: string): Promise<CaptionAttempt> {
    return answerOf(
      this.#api.POST('/api/photosedit/generateim2txt/', { body: { image_hash: id } }),
    );
  }

  worker(): Promise<WorkerAvailability> {
    return answerOf(this.#api.GET('/api/rqavailable/'));
  }

  /** One page (1-based) of jobs, the newest first: one's own, or for staff everybody's. */
  jobs(page: number, { mine }: { mine: boolean }, signal?: AbortSignal): Promise<Page<Job>> {
    const query = { page_size: '20', page: String(page), ...(mine ? { mine: 'true' } : {}) };
    return answerOf(this.#api.GET('/api/jobs/', { params: { query }, signal }));
  }

  async latestJobs(count: number): Promise<Job[]> {
    const params = { query: { page_size: String(count), page: '1' } };
    return (await answerOf(this.#api.GET('/api/jobs/', { params }))).results;
  }

  jobFailures(name: string, page: number, signal?: AbortSignal): Promise<Page<JobFailure>> {
    const params = { path: { name }, query: { page: String(page) } };
    return answerOf(this.#api.GET('/api/jobs/{name}/failures/', { params, signal }));
  }

  /** What failed in any scan and was not mended since, last found first. */
  failedFiles(page: number, signal?: AbortSignal): Promise<FailedFiles> {
    return answerOf(
      this.#api.GET('/api/files/failed/', { params: { query: { page: String(page) } }, signal }),
    );
  }

  async failedFileCount(): Promise<number> {
    const params = { query: { page_size: '1' } };
    return (await answerOf(this.#api.GET('/api/files/failed/', { params }))).count;
  }

  async startScan(): Promise<string> {
    return (await answerOf(this.#api.POST('/api/scanphotos/'))).job_id;
  }

  /** Start a scan that reads again what failed. */
  async retryFailedFiles(): Promise<string> {
    return (await answerOf(this.#api.POST('/api/files/failed/retry/'))).job_id;
  }
}

function flag(filter: TimelineFilter): TimelineQuery {
  if (typeof filter !== 'string') return { person: String(filter.person) };
  return filter === 'all' ? {} : { [filter]: 'true' };
}
