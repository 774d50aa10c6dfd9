import { describe, expect, it } from 'vitest';
import { Drafts } from './drafts';

/** A store that takes `room` entries. */
function store(room = 10): Storage {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (entries.size >= room && !entries.has(key)) throw new Error('full');
      entries.set(key, value);
    },
    removeItem: (key: string) => void entries.delete(key),
  } as Storage;
}

describe('captions that are being written', () => {
  it('outlive a reload of the tab, for their author and photo', () => {
    const tab = store();
    new Drafts(tab).keep(1, 'a', 'half a sen');
    const after = new Drafts(tab);
    expect(after.of(1, 'a')).toBe('half a sen');
    expect(after.of(2, 'a')).toBeNull();
    expect(after.of(1, 'b')).toBeNull();
    after.drop(1, 'a');
    expect(new Drafts(tab).of(1, 'a')).toBeNull();
  });

  it.each([null, store(0)])('need no store', (none) => {
    const drafts = new Drafts(none);
    drafts.keep(1, 'a', 'half a sen');
    expect(drafts.of(1, 'a')).toBe('half a sen');
    drafts.drop(1, 'a');
    expect(drafts.of(1, 'a')).toBeNull();
  });
});
