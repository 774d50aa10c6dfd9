import type { PigPhoto } from '../api/types';
import type { Block } from '../grid/blocks';
import type { PhotoInView } from './photo-selection';

const PARALLEL = 4;

/** Reads the photos of a block that is not loaded. */
export type ReadBlock = (block: Block) => Promise<PigPhoto[]>;

/** The photos of blocks, in their order; what is not loaded is read, and not kept. */
export async function photosOf(blocks: readonly Block[], read: ReadBlock): Promise<PhotoInView[]> {
  const found: PhotoInView[][] = [];
  for (let start = 0; start < blocks.length; start += PARALLEL) {
    const some = blocks.slice(start, start + PARALLEL);
    const photos = await Promise.all(some.map((block) => block.photos ?? read(block)));
    some.forEach(({ section }, index) =>
      found.push((photos[index] ?? []).map(({ id }) => ({ id, section: section.key }))),
    );
  }
  return found.flat();
}

/** The blocks from that of one photo to that of another, whichever comes first. */
export function blocksBetween(blocks: readonly Block[], one: Block, other: Block): Block[] {
  const ends = [blocks.indexOf(one), blocks.indexOf(other)];
  if (ends.includes(-1)) return [];
  return blocks.slice(Math.min(...ends), Math.max(...ends) + 1);
}

/** The photos from one to another; of no use where one of them is not among them. */
export function rangeOf(photos: readonly PhotoInView[], one: string, other: string): PhotoInView[] {
  const ends = [one, other].map((id) => photos.findIndex((photo) => photo.id === id));
  if (ends.includes(-1)) return [];
  return photos.slice(Math.min(...ends), Math.max(...ends) + 1);
}
