/** Sections, photos and sizes for tests. */

import { gridItem } from '../api/samples';
import type { GridItem } from '../api/types';
import type { Block, Section } from './blocks';
import type { Geometry } from './geometry';
import type { GridModel } from './model';

export const geometry: Geometry = {
  side: 0,
  width: 1000,
  targetHeight: 200,
  gap: 5,
  columns: null,
  headingHeight: 50,
  labelHeight: 30,
};

/** Photos below a heading of their own. */
export function section(key: string, count: number, revision = 1): Section {
  return { key, title: key, label: key, place: '', date: null, count, revision };
}

/** A day; its date is its key. */
export function day(date: string, count: number, revision = 1): Section {
  return { ...section(date, count, revision), date };
}

export function photos(prefix: string, count: number, aspectRatio = 1.5): GridItem[] {
  return Array.from({ length: count }, (_, index) =>
    gridItem({ id: `${prefix}-${index}`, aspectRatio }),
  );
}

/** A block of a model, by its key. */
export function blockOf(model: GridModel, key: string): Block {
  const found = model.blocks.find((each) => each.key === key);
  if (!found) throw new Error(`no block ${key}`);
  return found;
}

/** Have a block's photos come in, and call them by its section. */
export function read(model: GridModel, key: string, aspectRatio = 1.5): void {
  const block = blockOf(model, key);
  model.fill(block, photos(block.section.key, block.count, aspectRatio));
}
