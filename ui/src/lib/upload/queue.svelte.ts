import { SvelteSet } from 'svelte/reactivity';
import type { ApiClient } from '../api/client';
import { attempt } from '../api/attempt';
import type { Connection } from '../api/connection.svelte';
import { ApiError, SessionEnded, Unreachable, isAbort } from '../api/errors';
import type { Session } from '../api/session.svelte';
import type { UnfinishedUpload } from '../api/types';
import type { JobActivity } from '../jobs/activity.svelte';
import { mayBePhoto } from './chosen-files';
import { Unreadable, type Hash } from './hashing';
import { UploadItem } from './item.svelte';

export const CHUNK_BYTES = 1_000_000;
export const AT_ONCE = 3;
/** So often a file is begun anew after the server has lost or refused what it had of it. */
const MOST_TRIES = 3;
const LOOK_AGAIN_MS = 1000;
/** A photo is visible some seconds after its file has arrived: so often is looked, for so long. */
const LOOK_EVERY_MS = 2500;
const LOOK_FOR_MS = 10_000;

/** The files that are sent from this page, a few at a time. */
export class UploadQueue {
  items = $state.raw<UploadItem[]>([]);
  paused = $state(false);
  /** Whether the queue is shown. */
  open = $state(false);
  /** What an earlier visit has begun and not ended. */
  interrupted = $state.raw<UnfinishedUpload[]>([]);
  /** Chosen files that are no photos by their name. */
  leftOut = $state(0);

  readonly #running = new SvelteSet<UploadItem>();
  #abort = new AbortController();
  #lastKey = 0;
  #looking: ReturnType<typeof setInterval> | undefined;
  #lookUntil = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly session: Session,
    private readonly connection: Connection,
    private readonly activity: JobActivity,
    private readonly hash: Hash,
  ) {}

  get isBusy(): boolean {
    return this.items.some((item) => !item.isSettled);
  }

  count(...states: UploadItem['state'][]): number {
    return this.items.filter(({ state }) => states.includes(state)).length;
  }

  /** Bytes that are settled or have arrived, of all that were chosen. */
  get progress(): { done: number; total: number } {
    let done = 0;
    let total = 0;
    for (const item of this.items) {
      total += item.file.size;
      done += item.isSettled ? item.file.size : item.sent;
    }
    return { done, total };
  }

  add(files: readonly File[]): void {
    const photos = files.filter((file) => mayBePhoto(file) && file.size > 0);
    this.leftOut += files.length - photos.length;
    const items = photos.map((file) => new UploadItem((this.#lastKey += 1), file));
    this.items = [...this.items, ...items];
    this.open = true;
    this.#go();
  }

  pause(): void {
    this.paused = true;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  resume(): void {
    this.paused = false;
    this.#go();
  }

  retry(item: UploadItem): void {
    item.state = 'waiting';
    item.reason = '';
    this.#go();
  }

  /** Send no more of what has not arrived, and forget what was sent of it. */
  async cancel(): Promise<void> {
    const left = this.items.filter((item) => !item.isSettled && item.id !== '');
    this.items = this.items.filter((item) => item.isSettled);
    this.pause();
    this.paused = false;
    for (const { id } of left) await attempt(() => this.client.uploads.discard(id));
  }

  /** Leave out what has come to its end. */
  clear(): void {
    this.items = this.items.filter((item) => !item.isSettled);
    this.leftOut = 0;
  }

  /** Forget everything, for whoever signs in next. */
  reset(): void {
    this.pause();
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.items = [];
    this.interrupted = [];
    this.paused = this.open = false;
    this.leftOut = 0;
  }

  /** See what an earlier visit has left; the files have to be chosen again. */
  async lookBack(): Promise<void> {
    await attempt(async () => {
      const rows = await this.client.uploads.unfinished();
      const ours = this.items.map(({ id }) => id);
      this.interrupted = rows.filter((row) => !ours.includes(row.upload_id));
    });
  }

  async discardInterrupted(): Promise<void> {
    const rows = this.interrupted;
    this.interrupted = [];
    for (const row of rows) await attempt(() => this.client.uploads.discard(row.upload_id));
  }

  #go(): void {
    while (!this.paused && this.#running.size < AT_ONCE) {
      const next = this.items.find(
        (item) => !item.isSettled && item.state === 'waiting' && !this.#running.has(item),
      );
      if (next === undefined) return;
      this.#running.add(next);
      void this.#run(next, this.#abort.signal).finally(() => {
        this.#running.delete(next);
        this.#go();
      });
    }
  }

  async #run(item: UploadItem, signal: AbortSignal): Promise<void> {
    let refusals = 0;
    try {
      while (!item.isSettled) {
        const refusal = await this.#attempt(item, signal);
        if (refusal !== null && (refusals += 1) === MOST_TRIES) throw refusal;
      }
    } catch (error) {
      if (isAbort(error)) item.state = 'waiting';
      else if (error instanceof Unreadable) item.state = 'gone';
      else if (error instanceof SessionEnded) return;
      else if (error instanceof ApiError) {
        item.state = 'refused';
        item.reason = error.message;
      } else throw error;
    }
  }

  /**
   * Send a file, or what lacks of it. Returns early where that is to be tried again: once
   * the server is there, or with what it has refused, which is no fault of the file's.
   */
  async #attempt(item: UploadItem, signal: AbortSignal): Promise<ApiError | null> {
    try {
      await this.#send(item, signal);
    } catch (error) {
      if (error instanceof Unreachable) await this.#untilReachable(signal);
      else if (mayPass(error)) return error;
      else throw error;
    }
    return null;
  }

  async #send(item: UploadItem, signal: AbortSignal): Promise<void> {
    const { file } = item;
    const { uploads } = this.client;
    if (item.md5 === '') {
      item.state = 'hashing';
      item.md5 = await this.hash(file, () => undefined, signal);
    }
    const user = this.session.claims?.user_id ?? 0;
    if (item.id === '') {
      if (await uploads.exists(item.md5, user, signal)) {
        item.state = 'known';
        return;
      }
      if (item.isBegun) await this.lookBack(); // the answer with its id was lost
      this.#takeUp(item);
    }
    const told = { name: file.name, size: file.size, md5: item.md5 };
    item.state = 'sending';
    if (item.id !== '') await this.#findOut(item, signal);
    while (item.sent < file.size) {
      item.isBegun = true;
      const chunk = file.slice(item.sent, item.sent + CHUNK_BYTES);
      const answer = await uploads.send(chunk, item.sent, item.id, told, signal);
      item.id = answer.upload_id;
      item.sent = answer.offset;
    }
    item.state = 'storing';
    const { imported } = await uploads.complete(item.id, told, file.lastModified, signal);
    item.state = imported ? 'done' : 'known';
    if (imported) this.#showSoon();
  }

  /** Go on where an earlier visit has stopped with the same bytes. */
  #takeUp(item: UploadItem): void {
    const earlier = this.interrupted.find(
      ({ md5, size }) => md5 === item.md5 && size === item.file.size,
    );
    if (earlier === undefined) return;
    item.id = earlier.upload_id;
    item.sent = earlier.offset;
    this.interrupted = this.interrupted.filter((row) => row !== earlier);
  }

  /** Ask how much has arrived; what the server does not know any more is begun anew. */
  async #findOut(item: UploadItem, signal: AbortSignal): Promise<void> {
    if (item.id === '') return;
    try {
      item.sent = (await this.client.uploads.state(item.id, signal)).offset;
    } catch (error) {
      if (!(error instanceof ApiError) || ![404, 410].includes(error.status)) throw error;
      item.id = '';
      item.sent = 0;
    }
  }

  async #untilReachable(signal: AbortSignal): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      signal.throwIfAborted();
    } while (!this.connection.reachable);
  }

  #showSoon(): void {
    this.#lookUntil = Date.now() + LOOK_FOR_MS;
    this.#looking ??= setInterval(() => {
      this.activity.libraryChanged();
      if (Date.now() < this.#lookUntil) return;
      clearInterval(this.#looking);
      this.#looking = undefined;
    }, LOOK_EVERY_MS);
  }
}

/** Whether the server and this page may only disagree about what has arrived. */
function mayPass(error: unknown): error is ApiError {
  if (error instanceof SessionEnded || !(error instanceof ApiError)) return false;
  return [404, 409, 410].includes(error.status) || (error.status === 400 && isAboutOffset(error));
}

/** A refusal of a chunk for its place, and not of the file for what it is. */
function isAboutOffset(error: ApiError): boolean {
  return /begins at|MD5/.test(error.message);
}
