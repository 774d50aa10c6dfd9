/** Sizes of the grid, in CSS pixels. */
export interface Geometry {
  /** Beside the photos, at the left. */
  side: number;
  /** Of the photos. */
  width: number;
  targetHeight: number;
  gap: number;
  /** How many photos a row has; null where that is as their shapes will have it. */
  columns: number | null;
  /** Of what stands above a month, or another chapter. */
  headingHeight: number;
  /** Of what stands above a day. */
  labelHeight: number;
}

const PHONE = 600;
const TABLET = 1000;
const WIDE = 1600;
const COLUMNS = 3;

/**
 * Sizes that suit a view of the given width.
 *
 * `letters` is the size of the page's letters (1 rem): headings grow with it.
 */
export function geometryFor(viewWidth: number, withScrubber: boolean, letters: number): Geometry {
  const isPhone = viewWidth < PHONE;
  const side = isPhone ? 3 : 8;
  const gap = isPhone ? 3 : 4;
  const right = withScrubber && !isPhone ? scrubberWidth(letters) : side;
  const width = Math.max(120, viewWidth - side - right);
  const row = viewWidth < TABLET ? 176 : viewWidth < WIDE ? 205 : 240;
  return {
    side,
    width,
    targetHeight: isPhone ? (width - gap * (COLUMNS - 1)) / COLUMNS : row,
    gap,
    columns: isPhone ? COLUMNS : null,
    headingHeight: Math.ceil(3 * letters),
    labelHeight: Math.ceil(1.75 * letters),
  };
}

/** Room for the year scrubber beside the photos, its widest label included. */
function scrubberWidth(letters: number): number {
  return 32 + 3.25 * letters;
}
