import { describe, expect, it } from 'vitest';
import { boxBetween, fittedFrame } from './frame';

describe('fittedFrame', () => {
  it('centres a wide picture between bars above and below', () => {
    const stage = { width: 1000, height: 800 };
    const frame = fittedFrame(stage, { naturalWidth: 2000, naturalHeight: 1000 });
    expect(frame).toEqual({ left: 0, top: 150, width: 1000, height: 500, scale: 0.5, stage });
  });

  it('enlarges a small one', () => {
    const frame = fittedFrame(
      { width: 900, height: 600 },
      { naturalWidth: 90, naturalHeight: 200 },
    );
    expect(frame).toMatchObject({ scale: 3, left: 315, top: 0 });
  });

  it('waits for the picture', () => {
    const picture = { naturalWidth: 0, naturalHeight: 0 };
    expect(fittedFrame({ width: 9, height: 9 }, picture)).toBeNull();
  });
});

describe('boxBetween', () => {
  it('takes points in any order, in pixels of the picture, and none outside', () => {
    const stage = { width: 1000, height: 500 };
    const frame = { left: 0, top: 0, width: 1000, height: 500, scale: 0.5, stage };
    const box = boxBetween({ x: 300, y: -20 }, { x: 100, y: 250 }, frame);
    expect(box).toEqual({ left: 200, right: 600, top: 0, bottom: 500 });
  });
});
