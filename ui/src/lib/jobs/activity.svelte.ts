import type { ApiClient } from '../api/client';
import { attempt } from '../api/attempt';
import type { Job } from '../api/types';
import { failureCount, visibleBy } from './progress';

/** The contract's clients poll at this pace; it also keeps the image cookie fresh. */
const POLL_MS = 2000;
/** While a job runs, the library is read again at most this often. */
const REFRESH_MS = 5000;

/** When to look for what workers make of a change: soon, and then ever more rarely. */
const FOLLOWS_AFTER_MS = [1_000, 2_500, 5_000, 10_000, 20_000, 40_000];

const SCAN = 1;

/** What the server is working on, and when the library shown is out of date. */
export class JobActivity {
  /** The job that runs, or the last one that this page saw run. */
  job = $state.raw<Job | null>(null);
  canScan = $state(false);
  /** Why the last scan could not be started, or "". */
  scanProblem = $state('');
  /** Grows whenever photos may have been added or changed, again and again during a scan. */
  libraryVersion = $state(0);
  /** Grows when a job ended or a person changed something, in whichever tab. */
  settledVersion = $state(0);
  /** How many files failed and were not mended since, whichever scan it was. */
  failedFiles = $state(0);

  /** The job whose end this page waits for, or "". */
  #followed = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #following: ReturnType<typeof setTimeout>[] = [];
  #lastRefresh = 0;
  #seenProgress = '';
  /** The job that had made no photo visible when it was last looked at, or "". */
  #emptyJob = '';
  #started = false;
  /** Tells the other tabs of this browser. */
  #tabs: BroadcastChannel | null = null;

  constructor(
    private readonly client: ApiClient,
    private readonly page: Document,
  ) {}

  /** Poll until the returned function is called; a page in the background rests. */
  follow(): () => void {
    const onVisible = (): void => {
      if (this.page.hidden) return;
      // Nobody asked in the meantime.
      this.libraryVersion += 1;
      void this.#poll();
    };
    this.#started = true;
    this.#tabs = new BroadcastChannel('library');
    this.#tabs.onmessage = () => this.#changed();
    this.page.addEventListener('visibilitychange', onVisible);
    void this.#poll();
    return () => {
      this.#started = false;
      clearTimeout(this.#timer);
      for (const timer of this.#following) clearTimeout(timer);
      this.#tabs?.close();
      this.#tabs = null;
      this.page.removeEventListener('visibilitychange', onVisible);
      this.job = null;
      this.failedFiles = 0;
      this.#followed = '';
    };
  }

  scan(): Promise<void> {
    return this.#start(() => this.client.startScan());
  }

  /** Read again what failed. */
  retryFailedFiles(): Promise<void> {
    return this.#start(() => this.client.retryFailedFiles());
  }

  async countFailedFiles(): Promise<void> {
    await attempt(async () => {
      const count = await this.client.failedFileCount();
      if (this.#started) this.failedFiles = count;
    });
  }

  async #start(job: () => Promise<string>): Promise<void> {
    await attempt(
      async () => {
        this.#followed = await job();
        this.scanProblem = '';
        this.canScan = false;
      },
      ({ message }) => (this.scanProblem = message),
    );
    await this.#poll();
  }

  /** Something was changed from this page: lists have to be read again, in all tabs. */
  libraryChanged(): void {
    this.#changed();
    this.#tabs?.postMessage(null);
  }

  /** Workers make what is seen of a change: lists are read again for some time. */
  willFollow(): void {
    for (const timer of this.#following) clearTimeout(timer);
    this.#following = FOLLOWS_AFTER_MS.map((after) => setTimeout(() => this.#changed(), after));
  }

  #changed(): void {
    this.libraryVersion += 1;
    this.settledVersion += 1;
  }

  dismiss(): void {
    if (this.job?.finished) this.job = null;
  }

  async #poll(): Promise<void> {
    clearTimeout(this.#timer);
    await attempt(async () => {
      const worker = await this.client.worker();
      if (!this.#started) return;
      this.canScan = worker.queue_can_accept_job || isOther(worker.job_detail);
      await this.#take(worker.job_detail);
    });
    clearTimeout(this.#timer);
    if (!this.#started || this.page.hidden) return;
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #take(running: Job | null): Promise<void> {
    if (this.#followed !== '' && this.#followed !== running?.job_id) await this.#lookAfter();
    if (!running) return;
    // The followed one waits behind another, or runs beside it; a scan goes before others.
    const isAnother = this.#followed !== '' && this.#followed !== running.job_id;
    const isScanFollowed = this.job?.job_id === this.#followed && !isOther(this.job);
    if (isAnother && (isOther(running) || isScanFollowed)) return;
    this.#followed = running.job_id;
    this.#show(running);
    this.#refreshGently(running);
  }

  /** What failed in a scan is not covered up by what follows it, until it is dismissed. */
  #show(job: Job | null): void {
    const shown = this.job;
    const unread = shown?.finished && failureCount(shown) > 0;
    if (!unread || !isOther(job) || job?.job_id === shown.job_id) this.job = job;
  }

  /** The followed job is not reported: it may have come and gone since the last question. */
  async #lookAfter(): Promise<void> {
    const jobs = await this.client.latestJobs(10);
    const job = jobs.find((one) => one.job_id === this.#followed) ?? null;
    this.#show(job);
    if (job && !job.finished) return this.#refreshGently(job);
    this.#followed = '';
    this.#changed();
  }

  #refreshGently(job: Job): void {
    const progress = `${job.job_id}/${job.progress_current}`;
    const now = Date.now();
    const isFirst = visibleBy(job) > 0 && this.#emptyJob === job.job_id;
    if (visibleBy(job) === 0) this.#emptyJob = job.job_id;
    else this.#emptyJob = '';
    if (progress === this.#seenProgress) return;
    if (!isFirst && now - this.#lastRefresh < REFRESH_MS) return;
    this.#seenProgress = progress;
    this.#lastRefresh = now;
    this.libraryVersion += 1;
  }
}

/** A job that is no scan, beside which one may be started. */
function isOther(job: Job | null): boolean {
  return job !== null && job.job_type !== SCAN;
}
