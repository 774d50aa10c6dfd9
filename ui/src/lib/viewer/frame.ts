import type { PreviewBox } from '../api/types';

/** Where the picture stands on the stage, in CSS pixels, and how much it is enlarged. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  scale: number;
  /** What of the picture lies outside of this is not seen. */
  stage: { width: number; height: number };
}

/** The frame of a picture that is fitted into a stage; null before both have a size. */
export function fittedFrame(
  stage: { width: number; height: number },
  picture: { naturalWidth: number; naturalHeight: number },
): Frame | null {
  const { naturalWidth, naturalHeight } = picture;
  if (!naturalWidth || !naturalHeight || !stage.width || !stage.height) return null;
  const scale = Math.min(stage.width / naturalWidth, stage.height / naturalHeight);
  const width = naturalWidth * scale;
  const height = naturalHeight * scale;
  return {
    left: (stage.width - width) / 2,
    top: (stage.height - height) / 2,
    width,
    height,
    scale,
    stage,
  };
}

interface Point {
  x: number;
  y: number;
}

/** The rectangle between two points of the frame, as a box of the picture. */
export function boxBetween(one: Point, other: Point, frame: Frame): PreviewBox {
  const inside = (value: number, most: number): number =>
    Math.min(most, Math.max(0, value)) / frame.scale;
  return {
    left: inside(Math.min(one.x, other.x), frame.width),
    right: inside(Math.max(one.x, other.x), frame.width),
    top: inside(Math.min(one.y, other.y), frame.height),
    bottom: inside(Math.max(one.y, other.y), frame.height),
  };
}
