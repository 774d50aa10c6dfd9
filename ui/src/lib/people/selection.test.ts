import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte';

describe('Selection', () => {
  it('extends from the last one chosen, in either direction', () => {
    const selection = new Selection();
    const shown = [7, 5, 9, 3];
    selection.toggle(9);
    selection.extend(7, shown);
    expect(selection.list().sort()).toEqual([5, 7, 9]);
    selection.extend(3, shown);
    expect(selection.size).toBe(4);
  });

  it('forgets what is gone, and has nothing to extend from after clearing', () => {
    const selection = new Selection();
    selection.select([1, 2, 3]);
    selection.keep(new Set([2]));
    expect(selection.list()).toEqual([2]);
    selection.clear();
    selection.extend(3, [1, 2, 3]);
    expect(selection.list()).toEqual([3]);
  });
});
