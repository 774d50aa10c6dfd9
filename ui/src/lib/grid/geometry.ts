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
/** Where photos are to be small (`image_scale` 2). */
const SMALL = { rows: 0.6, columns: 5 };

/**
 * Sizes that suit a view of the given width.
 *
 * `letters` is the size of the page's letters (1 rem): headings grow with it. `imageScale` is
 * the user's: 1 for large photos, 2 for small ones.
 */
export function geometryFor(
  viewWidth: number,
  withScrubber: boolean,
  letters: number,
  imageScale = 1,
): Geometry {
  const isSmall = imageScale > 1;
  const columns = isSmall ? SMALL.columns : COLUMNS;
  const isPhone = viewWidth < PHONE;
  const side = isPhone ? 3 : 8;
  const gap = isPhone ? 3 : 4;
  const right = withScrubber && !isPhone ? scrubberWidth(letters) : side;
  const width = Math.max(120, viewWidth - side - right);
  const usual = viewWidth < TABLET ? 176 : viewWidth < WIDE ? 205 : 240;
  const row = isSmall ? Math.round(usual * SMALL.rows) : usual;
  return {
    side,
    width,
    targetHeight: isPhone ? (width - gap * (columns - 1)) / columns : row,
    gap,
    columns: isPhone ? columns : null,
    headingHeight: Math.ceil(3 * letters),
    labelHeight: Math.ceil(1.75 * letters),
  };
}

/** Room for the year scrubber beside the photos, its widest label included. */
function scrubberWidth(letters: number): number {
  return 32 + 3.25 * letters;
}
