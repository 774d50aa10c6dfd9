import type { Block } from './blocks';
import type { VisibleBlock } from './model';

/**
 * Shows photos from the top of the view down: none before those above it, or beside it in its
 * strip, are there, whose sizes nobody knows until then, and which would move it under a hand
 * that reaches for it.
 */
export class InOrder {
  #shown = new Set<string>();

  /** Somebody goes to a photo of this block: it waits for no other. */
  show(block: Pick<Block, 'key'>): void {
    this.#shown.add(block.key);
  }

  /** What to draw of the blocks around a view; those that fail are not waited for. */
  of(entries: VisibleBlock[], viewTop: number, fails: (block: Block) => boolean): VisibleBlock[] {
    const before = this.#shown;
    this.#shown = new Set();
    let isOpen = true;
    return byStrip(entries).flatMap((strip) => {
      const isWaiting = strip.some(({ block, photos }) => photos === null && !fails(block));
      const isAbove = strip.every(({ top, height }) => top + height <= viewTop);
      const drawsNew = isOpen && !isWaiting;
      isOpen &&= !isWaiting || isAbove;
      return strip.map((entry) => {
        if (entry.photos === null) return entry;
        if (!drawsNew && !before.has(entry.block.key)) return { ...entry, photos: null, rows: [] };
        this.#shown.add(entry.block.key);
        return entry;
      });
    });
  }
}

function byStrip(entries: VisibleBlock[]): VisibleBlock[][] {
  const strips: VisibleBlock[][] = [];
  for (const entry of entries) {
    const last = strips.at(-1);
    if (last?.[0]?.strip === entry.strip) last.push(entry);
    else strips.push([entry]);
  }
  return strips;
}
