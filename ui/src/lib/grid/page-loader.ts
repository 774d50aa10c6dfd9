import { attempt } from '../api/attempt';
import type { PigPhoto } from '../api/types';
import { PAGE_SIZE, type Block, type Section } from './blocks';

const PARALLEL = 4;
const FIRST_RETRY_MS = 1500;
const LAST_RETRY_MS = 30_000;

/**
 * Reads blocks that follow each other: the photos of each, or null of one whose place has
 * changed, so that it is to be asked for again.
 */
export type ReadBlocks = (
  blocks: readonly Block[],
  signal: AbortSignal,
) => Promise<(PigPhoto[] | null)[]>;

/** What reads blocks, and how many photos it reads at once. */
export interface Reader {
  read: ReadBlocks;
  most: number;
}

/** Reads one page of a section after the other. */
export function pageByPage(
  page: (section: Section, page: number, signal: AbortSignal) => Promise<PigPhoto[]>,
): Reader {
  const read: ReadBlocks = (blocks, signal) =>
    Promise.all(blocks.map((block) => page(block.section, block.page, signal)));
  return { read, most: PAGE_SIZE };
}

/**
 * Reads blocks for somebody who waits for them: all that stand in them now, even if these are
 * more than were listed. One that is gone has no photos.
 */
export async function readWhole(reader: Reader, blocks: readonly Block[]): Promise<PigPhoto[][]> {
  const { signal } = new AbortController();
  const found = await reader.read(blocks, signal);
  const wholes = blocks.map(async (block, index) => {
    const part = found[index] ?? (await reader.read([{ ...block, count: PAGE_SIZE }], signal))[0];
    return part ?? [];
  });
  return Promise.all(wholes);
}

export interface PageLoaderOptions {
  reader: () => Reader;
  /** The block before (-1) or after (+1) another one. */
  besides: (block: Block, step: 1 | -1) => Block | undefined;
  onLoaded: (loaded: [Block, PigPhoto[]][]) => void;
  /** A page that failed may be asked for again. */
  onRetry: () => void;
}

/**
 * Fetches the pages that are wanted now, nearest first and those that follow each other
 * together, and drops those no longer wanted.
 */
export class PageLoader {
  /** Pages that are fetched together have the same controller. */
  #running = new Map<string, AbortController>();
  #failures = new Map<string, number>();
  #waiting = new Set<string>();
  #wanted: Block[] = [];
  #keys = new Set<string>();
  #stopped = false;

  constructor(private readonly options: PageLoaderOptions) {}

  want(blocks: Block[]): void {
    this.#wanted = blocks;
    this.#keys = new Set(blocks.map((block) => block.key));
    const kept = new Set<AbortController>();
    for (const key of this.#keys) {
      const controller = this.#running.get(key);
      if (controller) kept.add(controller);
    }
    for (const controller of this.#running.values()) {
      if (!kept.has(controller)) controller.abort();
    }
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
    // Where nothing is shown yet, what is in view comes alone, and therefore first.
    const isFirst = this.#wanted.every(({ photos }) => photos === null);
    for (const block of this.#wanted) {
      if (this.#stopped || new Set(this.#running.values()).size >= PARALLEL) return;
      if (this.#isMissing(block)) void this.#fetch(this.#rangeAround(block, isFirst));
    }
  }

  #isMissing(block: Block): boolean {
    if (this.#running.has(block.key) || this.#waiting.has(block.key)) return false;
    return block.photos === null || block.stale;
  }

  /** A block and those beside it that are missing too, as many as are read at once. */
  #rangeAround(block: Block, isFirst: boolean): Block[] {
    const range = [block];
    let count = block.count;
    const takes = (other: Block | undefined): other is Block => {
      if (!other || count + other.count > this.options.reader().most) return false;
      const isNew = other.photos === null && !isFirst;
      return this.#isMissing(other) && (isNew || this.#keys.has(other.key));
    };
    for (const step of [1, -1] as const) {
      let next = this.options.besides(block, step);
      while (takes(next)) {
        if (step > 0) range.push(next);
        else range.unshift(next);
        count += next.count;
        next = this.options.besides(next, step);
      }
    }
    return range;
  }

  async #fetch(range: Block[]): Promise<void> {
    const controller = new AbortController();
    for (const { key } of range) this.#running.set(key, controller);
    await attempt(
      async () => {
        const found = await this.options
          .reader()
          .read(range, controller.signal)
          .finally(() => range.forEach(({ key }) => this.#running.delete(key)));
        const loaded = range.flatMap((block, index): [Block, PigPhoto[]][] => {
          const photos = found[index];
          return photos ? [[block, photos]] : [];
        });
        for (const [{ key }] of loaded) this.#failures.delete(key);
        this.#retryLater(range.filter((_, index) => !found[index]));
        if (!this.#stopped) this.options.onLoaded(loaded);
      },
      () => this.#retryLater(range),
    );
    this.#startMore();
  }

  #retryLater(blocks: Block[]): void {
    if (blocks.length === 0) return;
    let most = 0;
    for (const { key } of blocks) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      this.#waiting.add(key);
      most = Math.max(most, failures);
    }
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (most - 1));
    setTimeout(() => {
      for (const { key } of blocks) this.#waiting.delete(key);
      if (!this.#stopped) this.options.onRetry();
    }, delay);
  }
}
