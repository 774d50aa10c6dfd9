import { expect, it } from 'vitest';
import { InOrder } from './in-order';
import type { Block, VisibleBlock } from './model';

/** Blocks of 100 pixels one below the other, some of them read. */
function blocks(read: string, keys = 'abcd'): VisibleBlock[] {
  return [...keys].map((key, index) => ({
    block: { key } as Block,
    top: index * 100,
    height: 100,
    rowsTop: 0,
    rows: [],
    photos: read.includes(key) ? [] : null,
  }));
}

function drawn(order: InOrder, read: string, viewTop = 0, failing = ''): string {
  const shown = order.of(blocks(read), viewTop, (block) => failing.includes(block.key));
  return shown.map((entry) => (entry.photos ? entry.block.key : '')).join('');
}

it('waits for what is above, in the view', () => {
  const order = new InOrder();
  expect(drawn(order, 'bd')).toBe('');
  expect(drawn(order, 'abd')).toBe('ab');
  expect(drawn(order, 'abcd')).toBe('abcd');
});

it('waits for nothing above the view', () => {
  expect(drawn(new InOrder(), 'bc', 100)).toBe('bc');
});

it('waits for nothing that fails', () => {
  expect(drawn(new InOrder(), 'bd', 0, 'a')).toBe('b');
});

it('waits for nothing where somebody goes', () => {
  const order = new InOrder();
  order.show({ key: 'd' });
  expect(drawn(order, 'bd')).toBe('d');
});

it('takes nothing back that is drawn', () => {
  const order = new InOrder();
  expect(drawn(order, 'bc', 100)).toBe('bc');
  expect(drawn(order, 'bcd', 50)).toBe('bcd'.slice(0, 2));
  expect(drawn(order, '', 50)).toBe('');
  expect(drawn(order, 'bc', 50)).toBe('');
});
