import { cheapestCut, type Run } from './breaking';
import {
  USUAL_ASPECT,
  boxesOf,
  cut,
  estimateHeight,
  justify,
  openHeight,
  rowCost,
  tileAspect,
  total,
  type Row,
  type RowOptions,
} from './justified';

/** A day, or a page of one, as far as its room is concerned. */
export interface DayShape {
  count: number;
  /** Width / height of each photo; null while they are not known. */
  aspects: number[] | null;
  /** A label stands above the photos. */
  isLabelled: boolean;
  /** More photos of the same day follow below. */
  goesOn: boolean;
}

/** Where a day stands, in CSS pixels from the left and the top of the pack. */
export interface PackedDay {
  left: number;
  top: number;
  width: number;
  /** The label's height and that of the rows together. */
  height: number;
  /** From the day's top. */
  rowsTop: number;
  rows: Row[];
}

export interface Pack {
  days: PackedDay[];
  height: number;
}

export type PackOptions = Omit<RowOptions, 'fillLast'> & { labelHeight: number };

const NOTHING: PackedDay = { left: 0, top: 0, width: 0, height: 0, rowsTop: 0, rows: [] };

/**
 * Pack days beside each other: those that fit share a row over the whole width, in order,
 * each below its own label; a day that is too large has rows of its own.
 */
export function pack(days: DayShape[], options: PackOptions): Pack {
  const shown = days.filter((day) => day.count > 0);
  const packed = new Map<DayShape, PackedDay>();
  let top = 0;
  for (const [start, end] of shelvesOf(shown, options)) {
    const shelf = shown.slice(start, end);
    const rowsTop = shelf.some((day) => day.isLabelled) ? options.labelHeight : 0;
    const placed = shelf.length === 1 ? alone(shelf, options) : sideBySide(shelf, options);
    const height = rowsTop + Math.max(...placed.map((day) => day.height));
    placed.forEach((day, index) => {
      const shape = shelf[index];
      if (shape) packed.set(shape, { ...day, top, height, rowsTop });
    });
    top += height + options.gap;
  }
  return {
    days: days.map((day) => packed.get(day) ?? NOTHING),
    height: Math.max(0, top - options.gap),
  };
}

type Placed = Pick<PackedDay, 'left' | 'width' | 'height' | 'rows'>;

/** Which days share a row, so that rows are as full and as high as can be. */
function shelvesOf(days: DayShape[], options: PackOptions): readonly Run[] {
  if (days.length === 1) return [[0, 1]];
  const shapes = days.map((day) => aspectsOf(day, options));
  return cheapestCut(days.length, (start, end) => shelfCost(shapes.slice(start, end), options))
    .runs;
}

function shelfCost(shapes: number[][], options: PackOptions): number {
  const { columns } = options;
  const photos = shapes.flat();
  if (columns !== null) {
    if (shapes.length > 1 && photos.length > columns) return Infinity;
    return (1 - (photos.length % columns || columns) / columns) ** 2;
  }
  const open = { ...options, fillLast: false };
  if (shapes.length === 1) return cut(photos, open).cost;
  return rowCost(total(photos), photos.length, open, { isOpen: true });
}

function alone([day]: DayShape[], options: PackOptions): Placed[] {
  if (!day) return [];
  const rowOptions = { ...options, fillLast: day.goesOn };
  const { rows, height } = day.aspects
    ? justify(day.aspects, rowOptions)
    : { rows: [], height: estimateHeight(day.count, rowOptions) };
  return [{ left: 0, width: options.width, height, rows }];
}

function sideBySide(days: DayShape[], options: PackOptions): Placed[] {
  const shapes = days.map((day) => aspectsOf(day, options));
  const photos = shapes.flat();
  const height = openHeight(total(photos), photos.length, { ...options, fillLast: false });
  let left = 0;
  return shapes.map((aspects, index) => {
    const boxes = boxesOf(aspects, height, options.gap);
    const { left: within, width } = boxes.at(-1) ?? { left: 0, width: 0 };
    const isLast = index === shapes.length - 1;
    const placed: Placed = {
      left,
      // The label of the last day has what is left of an open row, too.
      width: isLast ? options.width - left : within + width,
      height,
      rows: [{ start: 0, end: aspects.length, top: 0, height, boxes }],
    };
    left += within + width + options.gap;
    return placed;
  });
}

function aspectsOf({ aspects, count }: DayShape, { columns }: PackOptions): number[] {
  const known = aspects ?? Array.from({ length: count }, () => USUAL_ASPECT);
  return known.map((aspect) => tileAspect(aspect, columns));
}
