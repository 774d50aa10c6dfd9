import { expect, it } from 'vitest';
import { BrowserStorage, type Store } from './browser-storage';

function fullOf(values: Map<string, string>): Store {
  return {
    getItem: (key) => values.get(key) ?? null,
    removeItem: (key) => void values.delete(key),
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
}

it('remembers for this tab what there is no room for, and leaves nothing older behind', () => {
  const values = new Map([['key', 'old']]);
  const storage = new BrowserStorage(() => fullOf(values));
  expect(storage.getItem('key')).toBe('old');
  storage.setItem('key', 'new');
  expect(storage.getItem('key')).toBe('new');
  expect(values.has('key')).toBe(false);
  storage.removeItem('key');
  expect(storage.getItem('key')).toBe(null);
});

it('does without a storage that may not be touched', () => {
  const storage = new BrowserStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  expect(storage.getItem('key')).toBe(null);
  storage.setItem('key', 'value');
  expect(storage.getItem('key')).toBe('value');
});
