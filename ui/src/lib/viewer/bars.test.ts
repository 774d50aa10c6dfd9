import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Bars } from './bars.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('goes when a mouse has rested for three seconds, and comes when it moves', () => {
  const bars = new Bars();
  bars.wake();
  vi.advanceTimersByTime(2000);
  bars.wake();
  vi.advanceTimersByTime(2999);
  expect(bars.areAway).toBe(false);
  vi.advanceTimersByTime(1);
  expect(bars.areAway).toBe(true);
  bars.wake();
  expect(bars.areAway).toBe(false);
});

it('is where a finger has put it, however long ago', () => {
  const bars = new Bars();
  bars.wake();
  bars.toggle();
  expect(bars.areAway).toBe(true);
  bars.toggle();
  vi.advanceTimersByTime(60_000);
  expect(bars.areAway).toBe(false);
});

it('does nothing once the viewer is closed', () => {
  const bars = new Bars();
  bars.wake();
  bars.stop();
  vi.advanceTimersByTime(60_000);
  expect(bars.areAway).toBe(false);
});
