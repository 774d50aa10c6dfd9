import { beforeEach, describe, expect, it } from 'vitest';
import { gridItem } from '../api/samples';
import type { PigPhoto } from '../api/types';
import { GridModel, type Block, type Section } from './model';

function section(key: string, count: number, revision = 1): Section {
  return { key, title: key, place: '', date: null, count, revision };
}

/** A block of a model, by its key. */
function block(model: GridModel, key: string): Block {
  const found = model.blocks.find((each) => each.key === key);
  if (!found) throw new Error(`no block ${key}`);
  return found;
}

function photos(prefix: string, count: number, aspectRatio = 1.5): PigPhoto[] {
  return Array.from({ length: count }, (_, index) =>
    gridItem({ id: `${prefix}-${index}`, aspectRatio }),
  );
}

describe('GridModel', () => {
  let model: GridModel;

  beforeEach(() => {
    model = new GridModel();
    model.setGeometry({ width: 1000, targetHeight: 200, gap: 5, headingHeight: 50 });
    model.setSections([section('a', 40), section('b', 250), section('c', 3)]);
  });

  it('cuts sections into pages of a hundred', () => {
    expect(model.blocks.map((block) => [block.key, block.count])).toEqual([
      ['a/1', 40],
      ['b/1', 100],
      ['b/2', 100],
      ['b/3', 50],
      ['c/1', 3],
    ]);
    expect(model.photoCount).toBe(293);
  });

  it('draws only the rows in view', () => {
    model.fill(block(model, 'b/1'), photos('b', 100));
    const top = model.topOfBlock(model.blocks[1]!) + 1000;
    const shown = model.visible(top, top + 400);
    expect(shown).toHaveLength(1);
    expect(shown[0]!.rows.length).toBeLessThanOrEqual(4);
    expect(shown[0]!.rows.length).toBeGreaterThanOrEqual(2);
  });

  it('keeps what is in view in place when a page above it arrives', () => {
    model.fill(block(model, 'b/2'), photos('b2', 100));
    const viewTop = model.topOfBlock(model.blocks[2]!) - 100;
    const anchor = model.anchor(viewTop, 800)!;
    const before = model.placeOf('b2-0')!.top - viewTop;
    model.fill(block(model, 'b/1'), photos('b1', 100, 0.6));
    const after = model.placeOf('b2-0')!.top - model.viewTopFor(anchor)!;
    expect(after).toBeCloseTo(before, 6);
  });

  it('keeps photos and the view when days are added above', () => {
    model.fill(block(model, 'b/1'), photos('b', 100));
    const viewTop = model.topOfBlock(model.blocks[1]!) + 700;
    const anchor = model.anchor(viewTop, 800)!;
    model.setSections([section('new', 80), section('a', 40), section('b', 250), section('c', 3)]);
    expect(model.find('b-5')).not.toBeNull();
    expect(model.viewTopFor(anchor)! - viewTop).toBeGreaterThan(300);
  });

  it('asks again for photos after a new list, and shows the old ones meanwhile', () => {
    model.fill(block(model, 'c/1'), photos('c', 3));
    model.setSections([section('a', 40), section('b', 250), section('c', 5, 2)]);
    expect(block(model, 'c/1').stale).toBe(true);
    expect(block(model, 'c/1').photos).toHaveLength(3);
    model.fill(block(model, 'c/1'), photos('c', 5));
    expect(block(model, 'c/1').stale).toBe(false);
  });

  it('asks for nothing again that a new list has left as it was', () => {
    model.fill(block(model, 'c/1'), photos('c', 3));
    model.setSections([section('new', 7), section('c', 3)]);
    expect(block(model, 'c/1').stale).toBe(false);
    expect(block(model, 'new/1').stale).toBe(true);
  });

  it('takes photos for old that were asked for before the list changed', () => {
    const asked = block(model, 'c/1');
    model.setSections([section('c', 3, 2)]);
    model.fill(asked, photos('c', 3));
    expect(block(model, 'c/1').stale).toBe(true);
    model.setSections([section('c', 3, 2)]);
    expect(block(model, 'c/1').stale).toBe(true);
  });

  it('forgets far photos but not how tall they were', () => {
    for (const each of [...model.blocks]) model.fill(each, photos(each.key, each.count));
    const height = model.height;
    model.evict(0, 2);
    expect(model.blocks.map((block) => block.photos !== null)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(model.height).toBe(height);
  });

  it('closes the gap of a removed photo', () => {
    model.fill(block(model, 'c/1'), photos('c', 3));
    model.remove('c-1');
    expect(model.blocks.at(-1)!.photos!.map((photo) => photo.id)).toEqual(['c-0', 'c-2']);
    model.remove('c-0');
    expect(model.blocks.at(-1)!.stale).toBe(true);
    model.remove('c-2');
    expect(model.blocks.at(-1)!.stale).toBe(false);
    expect(model.visible(model.height - 1, model.height).at(-1)!.height).toBe(0);
  });

  it('needs only a few blocks to draw the middle of a million photos', () => {
    const days = Array.from({ length: 5000 }, (_, index) => section(`day${index}`, 200));
    model.setSections(days);
    const shown = model.visible(model.height / 2, model.height / 2 + 800);
    expect(shown.length).toBeLessThanOrEqual(2);
    expect(Math.abs((shown[0]?.top ?? 0) - model.height / 2)).toBeLessThan(20_000);
    expect(model.photoCount).toBe(1_000_000);
  });
});
