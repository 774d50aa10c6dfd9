import { attempt } from '../api/attempt';
import type { PigPhoto } from '../api/types';
import type { Block } from './blocks';

const PARALLEL = 4;
const FIRST_RETRY_MS = 1500;
const LAST_RETRY_MS = 30_000;

export interface PageLoaderOptions {
  fetchPage: (block: Block, signal: AbortSignal) => Promise<PigPhoto[]>;
  onLoaded: (block: Block, photos: PigPhoto[]) => void;
  /** A page that failed may be asked for again. */
  onRetry: () => void;
}

/** Fetches the pages that are wanted now, nearest first, and drops those no longer wanted. */
export class PageLoader {
  #running = new Map<string, AbortController>();
  #failures = new Map<string, number>();
  #waiting = new Set<string>();
  #wanted: Block[] = [];
  #stopped = false;

  constructor(private readonly options: PageLoaderOptions) {}

  want(blocks: Block[]): void {
    this.#wanted = blocks;
    const keys = new Set(blocks.map((block) => block.key));
    for (const [key, controller] of this.#running) if (!keys.has(key)) controller.abort();
    this.#startMore();
  }

  /** The server is back: what waits after failures is asked for now. */
  retry(): void {
    this.#failures.clear();
    this.#waiting.clear();
    this.#startMore();
  }

  /** Whether the last try to read a block failed. */
  fails(block: Block): boolean {
    return this.#failures.has(block.key);
  }

  stop(): void {
    this.#stopped = true;
    for (const controller of this.#running.values()) controller.abort();
  }

  #startMore(): void {
    for (const block of this.#wanted) {
      if (this.#stopped || this.#running.size >= PARALLEL) return;
      if (this.#running.has(block.key) || this.#waiting.has(block.key)) continue;
      if (block.photos && !block.stale) continue;
      void this.#fetch(block);
    }
  }

  async #fetch(block: Block): Promise<void> {
    const controller = new AbortController();
    this.#running.set(block.key, controller);
    await attempt(
      async () => {
        const photos = await this.options
          .fetchPage(block, controller.signal)
          .finally(() => this.#running.delete(block.key));
        this.#failures.delete(block.key);
        if (!this.#stopped) this.options.onLoaded(block, photos);
      },
      () => this.#retryLater(block.key),
    );
    this.#startMore();
  }

  #retryLater(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#waiting.add(key);
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    setTimeout(() => {
      this.#waiting.delete(key);
      if (!this.#stopped) this.options.onRetry();
    }, delay);
  }
}
