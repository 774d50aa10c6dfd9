import type { PigPhoto } from '../api/types';
import type { Block } from '../grid/blocks';
import type { PhotoInView } from './photo-selection';

const PARALLEL = 4;

/** Reads the photos of blocks that follow each other, so many of them at once. */
export interface BlockReader {
  read: (blocks: readonly Block[]) => Promise<PigPhoto[][]>;
  most: number;
}

/** The photos of blocks, in their order; what is not loaded is read, and not kept. */
export async function photosOf(
  blocks: readonly Block[],
  { read, most }: BlockReader,
): Promise<PhotoInView[]> {
  const ranges = rangesOf(blocks, most);
  const found: PhotoInView[][] = [];
  for (let start = 0; start < ranges.length; start += PARALLEL) {
    const some = ranges.slice(start, start + PARALLEL);
    const photos = await Promise.all(some.map((range) => photosOfRange(range, read)));
    found.push(...photos);
  }
  return found.flat();
}

async function photosOfRange(
  range: readonly Block[],
  read: BlockReader['read'],
): Promise<PhotoInView[]> {
  const isLoaded = range.every(({ photos }) => photos !== null);
  const photos = isLoaded ? range.map((block) => block.photos ?? []) : await read(range);
  return range.flatMap(({ section }, index) =>
    (photos[index] ?? []).map(({ id }) => ({ id, section: section.key })),
  );
}

/** Blocks in turn, gathered where they are all loaded, or all to be read at once. */
function rangesOf(blocks: readonly Block[], most: number): Block[][] {
  const ranges: Block[][] = [];
  let count = 0;
  for (const block of blocks) {
    const range = ranges.at(-1);
    const isAlike = (range?.[0]?.photos === null) === (block.photos === null);
    if (range && isAlike && count + block.count <= most) range.push(block);
    else ranges.push([block]);
    count = range && isAlike && count + block.count <= most ? count + block.count : block.count;
  }
  return ranges;
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
