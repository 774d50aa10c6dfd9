import type { Row } from './justified';
import type { Block, GridModel } from './model';

/** Where a photo stands: its block, row and place in that. */
interface Spot {
  block: Block;
  rows: Row[];
  row: number;
  box: number;
}

function spotOf(model: GridModel, id: string): Spot | null {
  const found = model.find(id);
  const rows = found?.block.layout?.rows ?? [];
  const row = rows.findIndex((each) => found !== null && found.index < each.end);
  if (!found || row < 0) return null;
  return { block: found.block, rows, row, box: found.index - (rows[row]?.start ?? 0) };
}

/** The middle of a photo, from the left edge of the grid. */
function middleOf({ rows, row, box }: Spot): number {
  const place = rows[row]?.boxes[box];
  return place ? place.left + place.width / 2 : 0;
}

/** The photo of the row above or below that is nearest across; null where there is none. */
export function photoInNextRow(
  model: GridModel,
  id: string,
  direction: 1 | -1,
): { id: string } | { load: Block } | null {
  const spot = spotOf(model, id);
  if (!spot) return null;
  const across = middleOf(spot);
  const inside = spot.rows[spot.row + direction];
  if (inside) return pick(spot.block, inside, across);
  for (
    let next = model.besides(spot.block, direction);
    next;
    next = model.besides(next, direction)
  ) {
    if (!next.photos) return { load: next };
    const row = direction > 0 ? next.layout?.rows[0] : next.layout?.rows.at(-1);
    if (row) return pick(next, row, across);
  }
  return null;
}

function pick(block: Block, row: Row, across: number): { id: string } | null {
  const distances = row.boxes.map((box) => Math.abs(box.left + box.width / 2 - across));
  const nearest = distances.indexOf(Math.min(...distances));
  const photo = block.photos?.[row.start + nearest];
  return photo ? { id: photo.id } : null;
}
