import { beforeEach, describe, expect, it } from 'vitest';
import { fittedFrame } from './frame';
import { Zoom } from './zoom.svelte';

const stage = { width: 1000, height: 800 };
const fitted = fittedFrame(stage, { naturalWidth: 2000, naturalHeight: 1000 })!;

describe('Zoom', () => {
  let zoom: Zoom;

  beforeEach(() => {
    zoom = new Zoom();
    zoom.resize(stage, fitted, 2000);
  });

  /** Which point of the picture (0 to 1, across) is at a place of the stage. */
  function across(x: number): number {
    const frame = zoom.frame(fitted);
    return (x - frame.left) / frame.width;
  }

  it('keeps what is at the pointer where it is', () => {
    const before = across(800);
    zoom.to(3, { x: 300, y: 0 });
    expect(across(800)).toBeCloseTo(before, 6);
    zoom.to(2, { x: 300, y: 0 });
    expect(across(800)).toBeCloseTo(before, 6);
  });

  it('shows the whole picture at last, in its place', () => {
    zoom.to(3, { x: 300, y: 200 });
    zoom.pan(-900, 40);
    zoom.to(0.2);
    expect(zoom.frame(fitted)).toEqual(fitted);
  });

  it('leaves no gap beside the picture', () => {
    zoom.to(2);
    zoom.pan(9000, 9000);
    expect(zoom.frame(fitted)).toMatchObject({ left: 0, top: 0, width: 2000, height: 1000 });
    zoom.pan(-9000, -9000);
    expect(zoom.frame(fitted)).toMatchObject({ left: -1000, top: -200 });
  });

  it('stays inside when the stage becomes smaller', () => {
    zoom.to(2);
    zoom.pan(500, 0);
    const small = { width: 500, height: 800 };
    const picture = fittedFrame(small, { naturalWidth: 2000, naturalHeight: 1000 })!;
    zoom.resize(small, picture, 2000);
    expect(zoom.frame(picture).left).toBe(0);
  });

  it('goes to twice the pixels of a large original, and to four times a small one', () => {
    zoom.to(1000);
    expect(zoom.scale).toBe(4);
    zoom.resize(stage, fitted, 8000);
    zoom.to(1000);
    expect(zoom.scale).toBe(16);
  });

  it('goes in and out by the same steps, and between whole and part', () => {
    zoom.step(1);
    zoom.step(-1);
    expect(zoom.scale).toBeCloseTo(1, 6);
    zoom.toggle({ x: 0, y: 0 });
    expect(zoom.isZoomed).toBe(true);
    zoom.toggle({ x: 0, y: 0 });
    expect(zoom.isZoomed).toBe(false);
  });
});
