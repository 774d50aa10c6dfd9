import type { Block, VisibleBlock } from './model';

/**
 * Shows photos from the top of the view down: none before those above it are there, whose
 * heights nobody knows until then, and which would move it under a hand that reaches for it.
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
    return entries.map((entry) => {
      const { block, photos } = entry;
      const isAbove = entry.top + entry.height <= viewTop;
      if (photos === null) {
        isOpen &&= isAbove || fails(block);
        return entry;
      }
      if (!isOpen && !before.has(block.key)) return { ...entry, photos: null, rows: [] };
      this.#shown.add(block.key);
      return entry;
    });
  }
}
