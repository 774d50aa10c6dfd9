import type { ApiClient } from '../api/client';
import { attempt } from '../api/attempt';
import type { Model, SiteSettings, SiteSettingsChange } from '../api/types';
import type { Job } from '../api/types';
import { m } from '../paraglide/messages';
import type { Toasts } from '../toasts/toasts.svelte';

const POLL_MS = 1000;

/** The list of models with their downloads, and what is in use. */
export class ModelShelf {
  models = $state.raw<Model[] | null>(null);
  settings = $state.raw<SiteSettings | null>(null);
  /** The jobs that download, by number. */
  jobs = $state.raw<Record<string, Job>>({});
  problem = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(
    private readonly client: ApiClient,
    private readonly toasts: Toasts,
  ) {}

  /** Keep up to date until the returned function is called. */
  follow(): () => void {
    this.#stopped = false;
    void this.refresh();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    await attempt(
      () => this.#read(),
      ({ message }) => (this.problem = message),
    );
    const busy = this.models?.some((model) => model.job_id !== null) ?? true;
    if (busy && !this.#stopped) this.#timer = setTimeout(() => void this.refresh(), POLL_MS);
  }

  async #read(): Promise<void> {
    const { models } = this.client;
    [this.models, this.settings] = await Promise.all([models.list(), models.settings()]);
    const ids = this.models.flatMap((model) => (model.job_id === null ? [] : [model.job_id]));
    const jobs = await Promise.all(ids.map((id) => models.job(id)));
    this.#complainOfEnded(new Set(ids));
    this.jobs = Object.fromEntries(jobs.map((job) => [job.job_id, job]));
    this.problem = '';
  }

  download(model: Model): Promise<void> {
    return this.#attempt(() => this.client.models.download(model.name));
  }

  cancel(job: string): Promise<void> {
    return this.#attempt(() => this.client.models.cancel(job));
  }

  remove(model: Model): Promise<void> {
    return this.#attempt(() => this.client.models.remove(model.name));
  }

  change(settings: SiteSettingsChange): Promise<void> {
    return this.#attempt(() => this.client.models.change(settings));
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    await attempt(act, ({ message }) => this.toasts.complain(message));
    await this.refresh();
  }

  /** A download that is gone from the list has ended; say so when it was not well. */
  #complainOfEnded(running: ReadonlySet<string>): void {
    for (const id of Object.keys(this.jobs)) if (!running.has(id)) void this.#complainOf(id);
  }

  async #complainOf(id: string): Promise<void> {
    await attempt(async () => {
      const job = await this.client.models.job(id);
      if (job.failed) this.toasts.complain(job.result.message || m.models_download_failed());
    });
  }
}
