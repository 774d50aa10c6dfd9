import { expect, it } from 'vitest';
import { InOrder } from './in-order';
import type { Block } from './blocks';
import type { VisibleBlock } from './model';
import type { Strip } from './strips';

/** Blocks of 100 pixels one below the other, or beside each other in a strip; some are read. */
function blocks(read: string, strips: string[]): VisibleBlock[] {
  return strips.flatMap((keys, index) => {
    const strip: Strip = { blocks: [], chapter: { blocks: [], isMonth: true } };
    return [...keys].map((key) => ({
      ...{ block: { key } as Block, strip, heading: 0 },
      ...{ left: 0, top: index * 100, width: 100, height: 100, rowsTop: 0, rows: [] },
      photos: read.includes(key) ? [] : null,
    }));
  });
}

const STACK = ['a', 'b', 'c', 'd'];

function drawn(order: InOrder, read: string, viewTop = 0, failing = '', strips = STACK): string {
  const entries = blocks(read, strips);
  const shown = order.of(entries, viewTop, (block) => failing.includes(block.key));
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

it('shows the days of a strip together, unless they were shown before', () => {
  const strips = ['ab', 'cd'];
  const order = new InOrder();
  expect(drawn(order, 'acd', 0, '', strips)).toBe('');
  expect(drawn(order, 'acd', 0, 'b', strips)).toBe('acd');
  expect(drawn(order, 'bcd', 0, '', strips)).toBe('cd');
  expect(drawn(order, 'abcd', 0, '', strips)).toBe('abcd');
});
