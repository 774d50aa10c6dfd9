import type { Geometry } from './model';

const PHONE = 700;
/** Room for the year scrubber beside the photos, its widest label included. */
const SCRUBBER = 84;

/** Sizes that suit a view of the given width, in CSS pixels. */
export function geometryFor(viewWidth: number, withScrubber: boolean): Geometry {
  const isPhone = viewWidth < PHONE;
  const side = isPhone ? 6 : 20;
  const right = withScrubber && !isPhone ? SCRUBBER : side;
  return {
    width: Math.max(120, viewWidth - side - right),
    targetHeight: isPhone ? 124 : viewWidth < 1600 ? 205 : 240,
    gap: isPhone ? 3 : 5,
    headingHeight: isPhone ? 46 : 54,
  };
}
