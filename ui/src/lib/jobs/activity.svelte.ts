import type { ApiClient } from '../api/client';
import { ApiError, Unreachable } from '../api/errors';
import type { Job } from '../api/types';

/** The contract's clients poll at this pace; it also keeps the image cookie fresh. */
const POLL_MS = 2000;
/** While a job runs, the library is read again at most this often. */
const REFRESH_MS = 5000;

/** What the server is working on, and when the library shown is out of date. */
export class JobActivity {
  /** The job that runs, or the last one that this page saw run. */
  job = $state.raw<Job | null>(null);
  canScan = $state(false);
  /** Why the last scan could not be started, or "". */
  scanProblem = $state('');
  /** Grows whenever photos may have been added or changed, again and again during a scan. */
  libraryVersion = $state(0);
  /** Grows when a job ended or a person changed something. */
  settledVersion = $state(0);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastRefresh = 0;
  #seenProgress = '';
  #started = false;

  constructor(
    private readonly client: ApiClient,
    private readonly page: Document,
  ) {}

  /** Poll until the returned function is called; a page in the background rests. */
  follow(): () => void {
    const onVisible = (): void => void (this.page.hidden || this.#poll());
    this.#started = true;
    this.page.addEventListener('visibilitychange', onVisible);
    void this.#poll();
    return () => {
      this.#started = false;
      clearTimeout(this.#timer);
      this.page.removeEventListener('visibilitychange', onVisible);
      this.job = null;
    };
  }

  async scan(): Promise<void> {
    try {
      await this.client.startScan();
      this.scanProblem = '';
      this.canScan = false;
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      this.scanProblem = error.message;
    }
    await this.#poll();
  }

  /** Something was changed from this page: lists have to be read again. */
  libraryChanged(): void {
    this.libraryVersion += 1;
    this.settledVersion += 1;
  }

  dismiss(): void {
    if (this.job?.finished) this.job = null;
  }

  async #poll(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const worker = await this.client.worker();
      if (!this.#started) return;
      this.canScan = worker.queue_can_accept_job;
      await this.#take(worker.job_detail);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
    clearTimeout(this.#timer);
    if (!this.#started || this.page.hidden) return;
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #take(running: Job | null): Promise<void> {
    const before = this.job;
    if (before && !before.finished && before.job_id !== running?.job_id) {
      const jobs = await this.client.latestJobs(10);
      const ended = jobs.find((job) => job.job_id === before.job_id);
      this.job = ended?.finished ? ended : null;
      this.libraryChanged();
    }
    if (!running) return;
    this.job = running;
    this.#refreshGently(running);
  }

  #refreshGently(job: Job): void {
    const progress = `${job.job_id}/${job.progress_current}`;
    const now = Date.now();
    if (progress === this.#seenProgress || now - this.#lastRefresh < REFRESH_MS) return;
    this.#seenProgress = progress;
    this.#lastRefresh = now;
    this.libraryVersion += 1;
  }
}
