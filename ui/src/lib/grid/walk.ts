import type { Block } from './blocks';
import type { Row } from './justified';
import type { GridModel, PhotoPlace, Standing } from './model';

/** The photos of one day in a row, which may go on with those of another. */
interface Stretch {
  block: Block;
  row: Row;
  /** In CSS pixels from the left and the top of the content. */
  left: number;
  top: number;
}

/**
 * The photo of the row above or below that is nearest across, whichever day it is of; null
 * where there is none. What is not here yet has to be loaded before that is known.
 */
export function photoInNextRow(
  model: GridModel,
  id: string,
  direction: 1 | -1,
): { id: string } | { load: Block } | null {
  const found = model.find(id);
  const place = model.placeOf(id);
  if (!found || !place) return null;
  let strip = model.stripOf(found.block);
  while (strip.length > 0) {
    const missing = strip.find(({ block }) => block.photos === null);
    if (missing) return { load: missing.block };
    const row = nextRow(strip.flatMap(stretchesOf), place, direction);
    if (row.length > 0) return nearest(row, place.left + place.width / 2);
    const end = direction > 0 ? strip.at(-1) : strip[0];
    const next = end && model.besides(end.block, direction);
    strip = next ? model.stripOf(next) : [];
  }
  return null;
}

function stretchesOf({ block, rows, rowsTop, left, top }: Standing): Stretch[] {
  return rows.map((row) => ({ block, row, left, top: top + rowsTop + row.top }));
}

/** All that stands in the first row below (1) or above (-1) a photo. */
function nextRow(stretches: Stretch[], { top }: PhotoPlace, direction: 1 | -1): Stretch[] {
  const beyond = stretches.filter((stretch) => (stretch.top - top) * direction > SAME_ROW);
  const first = Math.min(...beyond.map((stretch) => stretch.top * direction));
  return beyond.filter((stretch) => Math.abs(stretch.top * direction - first) <= SAME_ROW);
}

/** Sums of heights differ by less than this when they are of the same row. */
const SAME_ROW = 0.5;

function nearest(row: Stretch[], across: number): { id: string } | null {
  const photos = row.flatMap(({ block, row: { start, boxes }, left }) =>
    boxes.map((box, index) => ({
      id: block.photos?.[start + index]?.id,
      distance: Math.abs(left + box.left + box.width / 2 - across),
    })),
  );
  const least = Math.min(...photos.map(({ distance }) => distance));
  const id = photos.find(({ distance }) => distance === least)?.id;
  return id === undefined ? null : { id };
}
