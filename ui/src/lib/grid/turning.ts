import type { PigPhoto } from '../api/types';
import type { Block } from './blocks';
import type { GridModel } from './model';
import type { PhotoSequence } from './sequence';

export interface TurningHooks {
  /** Fetch a block's photos into the model. */
  load: (block: Block) => Promise<void>;
  /** Run a change of the model and draw it. */
  change: (mutate: () => void) => void;
  reveal: (id: string) => void;
}

/** The grid's photos as a sequence to turn through, block by block. */
export function sequenceOf(model: GridModel, hooks: TurningHooks): PhotoSequence {
  const photo = (id: string): PigPhoto | undefined => {
    const found = model.find(id);
    return found?.block.photos?.[found.index];
  };
  const sequence: PhotoSequence = {
    photo,
    knows: (id) => photo(id) !== undefined,
    async locate(id, date) {
      if (photo(id)) return true;
      for (const block of model.blocks.filter((each) => each.section.date === date)) {
        await hooks.load(block);
        if (photo(id)) return true;
      }
      return false;
    },
    async neighbour(id, step) {
      const found = model.find(id);
      if (!found) return null;
      const inside = found.block.photos?.[found.index + step];
      if (inside) return inside;
      for (let next = model.besides(found.block, step); next; next = model.besides(next, step)) {
        const { key } = next;
        if (!next.photos) await hooks.load(next);
        const block = model.blocks.find((each) => each.key === key);
        // Reading it has put other blocks in its place.
        if (!block) return sequence.neighbour(id, step);
        const nearest = step > 0 ? block.photos?.[0] : block.photos?.at(-1);
        if (nearest) return nearest;
      }
      return null;
    },
    reveal: hooks.reveal,
    remove: (id) => hooks.change(() => model.remove(id)),
    update: (changed) => hooks.change(() => model.update(changed)),
  };
  return sequence;
}
