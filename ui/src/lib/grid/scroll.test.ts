import { describe, expect, it } from 'vitest';
import { ScrollMap, VirtualScroll } from './scroll';

describe('ScrollMap', () => {
  it('is the identity for content that fits', () => {
    const map = new ScrollMap(50_000, 800);
    expect(map.elementHeight).toBe(50_000);
    expect(map.toVirtual(12_345)).toBe(12_345);
  });

  it('keeps the element far below ten million pixels, whatever the content', () => {
    const map = new ScrollMap(60_000_000, 800);
    expect(map.elementHeight).toBeLessThan(10_000_000);
    expect(map.toVirtual(0)).toBe(0);
    expect(map.toVirtual(map.lastPhysical)).toBe(map.lastVirtual);
  });

  it('goes there and back', () => {
    const map = new ScrollMap(60_000_000, 800);
    for (const virtual of [0, 500, 999_999, 1_000_001, 30_000_000, 59_500_000, 59_999_200]) {
      expect(map.toVirtual(map.toPhysical(virtual))).toBeCloseTo(virtual, 3);
    }
  });

  it('moves pixel by pixel near both ends', () => {
    const map = new ScrollMap(60_000_000, 800);
    expect(map.toVirtual(700)).toBe(700);
    expect(map.lastVirtual - map.toVirtual(map.lastPhysical - 700)).toBe(700);
  });
});

describe('VirtualScroll', () => {
  function inTheMiddle(): VirtualScroll {
    const scroll = new VirtualScroll();
    scroll.resize(60_000_000, 800);
    scroll.scrolledTo(4_000_000);
    return scroll;
  }

  it('follows jumps of the scrollbar by the map', () => {
    const scroll = inTheMiddle();
    expect(scroll.top).toBeCloseTo(new ScrollMap(60_000_000, 800).toVirtual(4_000_000), 3);
  });

  it('follows strokes pixel by pixel', () => {
    const scroll = inTheMiddle();
    const before = scroll.top;
    expect(scroll.scrolledTo(4_000_120)).toBeCloseTo(120, 3);
    expect(scroll.top).toBeCloseTo(before + 120, 3);
  });

  it('leaves drawn content in place when heights above change', () => {
    const scroll = inTheMiddle();
    const drawnAt = 500 + scroll.top - scroll.base;
    scroll.resize(60_002_000, 800);
    scroll.moveTo(scroll.top + 2000);
    expect(500 + scroll.top - scroll.base).toBeCloseTo(drawnAt, 3);
    expect(scroll.settled()).not.toBe(scroll.physical);
  });

  it('asks for settling before the scrollbar hits an end that the content has not reached', () => {
    const scroll = new VirtualScroll();
    scroll.resize(100_000, 800);
    scroll.scrolledTo(1500);
    expect(scroll.needsSettling()).toBe(false);
    scroll.moveTo(3500);
    expect(scroll.needsSettling()).toBe(true);
  });

  it('never leaves the content', () => {
    const scroll = new VirtualScroll();
    scroll.resize(5000, 800);
    scroll.moveTo(99_999);
    expect(scroll.top).toBe(4200);
    scroll.resize(1000, 800);
    expect(scroll.top).toBe(200);
  });
});
