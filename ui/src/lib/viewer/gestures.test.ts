import { describe, expect, it } from 'vitest';
import { swipeOf } from './gestures';

const stage = { clientWidth: 400, clientHeight: 800 };

describe('swipeOf', () => {
  it('takes a long or a fast way for a swipe', () => {
    expect(swipeOf({ x: -120, y: 0 }, [0, 0], stage)).toBe('left');
    expect(swipeOf({ x: 40, y: 0 }, [1, 0], stage)).toBe('right');
    expect(swipeOf({ x: 0, y: 200 }, [0, 0], stage)).toBe('down');
  });

  it('takes a short and slow way, and a trembling tap, for nothing', () => {
    expect(swipeOf({ x: -60, y: 0 }, [0.1, 0], stage)).toBeNull();
    expect(swipeOf({ x: 6, y: 0 }, [3, 0], stage)).toBeNull();
    expect(swipeOf({ x: 0, y: -300 }, [0, 2], stage)).toBeNull();
  });
});
