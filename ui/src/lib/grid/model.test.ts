import { beforeEach, describe, expect, it } from 'vitest';
import { GridModel } from './model';
import { blockOf as block, day, geometry, photos, read, section } from './samples';

describe('GridModel', () => {
  let model: GridModel;

  beforeEach(() => {
    model = new GridModel();
    model.setGeometry(geometry);
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
    const anchors = model.anchors(viewTop, 800);
    const before = model.placeOf('b2-0')!.top - viewTop;
    model.fill(block(model, 'b/1'), photos('b1', 100, 0.6));
    const after = model.placeOf('b2-0')!.top - model.viewTopFor(anchors)!;
    expect(after).toBeCloseTo(before, 6);
  });

  it('keeps photos and the view when days are added above', () => {
    model.fill(block(model, 'b/1'), photos('b', 100));
    const viewTop = model.topOfBlock(model.blocks[1]!) + 700;
    const anchors = model.anchors(viewTop, 800);
    model.setSections([section('new', 80), section('a', 40), section('b', 250), section('c', 3)]);
    expect(model.find('b-5')).not.toBeNull();
    expect(model.viewTopFor(anchors)! - viewTop).toBeGreaterThan(300);
  });

  it('holds on to what is left of the view when what held it is taken away', () => {
    model.fill(block(model, 'b/1'), photos('b', 100));
    const [first, below] = [model.placeOf('b-60')!, model.placeOf('b-68')!];
    const viewTop = first.top - 10;
    const row = Array.from({ length: 100 }, (_, index) => `b-${index}`).filter(
      (id) => model.placeOf(id)!.top === first.top,
    );
    expect(row).not.toContain('b-68');
    const anchors = model.anchors(viewTop, 800);
    expect(row).toContain(anchors[0]!.photoId);
    for (const id of row) model.remove(id);
    const after = model.placeOf('b-68')!.top - model.viewTopFor(anchors)!;
    expect(Math.abs(after - (below.top - viewTop))).toBeLessThan(first.height);
  });

  it('stays where it is when nothing is left of the view', () => {
    model.fill(block(model, 'b/1'), photos('b', 100));
    const anchors = model.anchors(model.placeOf('b-60')!.top - 10, 300);
    for (const { photoId } of anchors) model.remove(photoId!);
    expect(model.viewTopFor(anchors)).toBeNull();
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
    model.evict(0, 140);
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
    const last = model.visible(model.height - 1, model.height).at(-1)!;
    expect(last.block.key).toBe('b/3');
  });

  it('forgets and knows all of a strip or nothing, and draws it as before when it is back', () => {
    model.setSections([day('2024-06-03', 1), day('2024-06-02', 2), day('2024-05-01', 40)]);
    for (const each of [...model.blocks]) read(model, each.key, 0.7);
    const place = model.placeOf('2024-06-02-1');
    model.evict(model.height, 1);
    expect(model.blocks.map((each) => each.photos !== null)).toEqual([false, false, true]);
    read(model, '2024-06-02/1', 0.7);
    expect(model.placeOf('2024-06-02-1')).toEqual(place);
  });

  it('does not ask again for a page that was emptied', () => {
    model.fill(block(model, 'c/1'), []);
    model.evict(0, 0);
    expect(block(model, 'c/1').photos).toEqual([]);
  });

  it('puts small days of a month beside each other below one heading', () => {
    model.setSections([
      ...[day('2024-06-03', 1), day('2024-06-02', 2), day('2024-05-01', 1)],
      section('No date', 2),
    ]);
    const shown = model.visible(0, model.height);
    const [first, second, third, undated] = shown;
    expect(shown.map(({ heading }) => heading)).toEqual([50, 0, 50, 50]);
    expect(first!.rowsTop).toBe(80);
    expect(second!.top).toBe(50);
    expect(second!.rowsTop).toBe(30);
    expect(second!.left).toBeGreaterThan(first!.width);
    expect(third!.left).toBe(0);
    expect(third!.top).toBeCloseTo(first!.height + geometry.gap, 6);
    expect(undated!.rowsTop).toBe(50);
    expect(undated!.width).toBe(1000);
  });

  it('moves nothing beyond its strip but up and down when a day arrives', () => {
    const dates = Array.from({ length: 28 }, (_, index) => `2024-06-${28 - index}`.padEnd(10));
    model.setSections(dates.map((date, index) => day(date, 1 + (index % 3))));
    const across = (): string[] =>
      model.visible(0, 1e9).map(({ left, width }) => `${left} ${width}`);
    const before = across();
    const strip = model.stripOf(model.blocks[20]!).map(({ block: { key } }) => key);
    expect(strip.length).toBeGreaterThan(1);
    expect(strip.length).toBeLessThan(9);
    read(model, model.blocks[20]!.key, 0.5);
    const changed = across().flatMap((each, index) =>
      each === before[index] ? [] : [model.blocks[index]!.key],
    );
    expect(changed.length).toBeGreaterThan(0);
    for (const key of changed) expect(strip).toContain(key);
  });

  it('keeps photos in view in place as days beside and above them arrive', () => {
    model.setSections([
      ...['2024-06-30', '2024-06-29', '2024-06-28'].map((date) => day(date, 2)),
      ...[day('2024-05-03', 2), day('2024-05-02', 1), day('2024-05-01', 80)],
    ]);
    read(model, '2024-05-01/1');
    read(model, '2024-05-02/1');
    const viewTop = model.placeOf('2024-05-01-0')!.top - 300;
    const distance = model.placeOf('2024-05-01-0')!.top - viewTop;
    // The day beside which one is missing may yet move, so it is not what holds the view.
    const anchors = model.anchors(viewTop, 800);
    for (const date of ['2024-05-03', '2024-06-30', '2024-06-28']) read(model, `${date}/1`, 0.5);
    expect(model.placeOf('2024-05-01-0')!.top - model.viewTopFor(anchors)!).toBeCloseTo(
      distance,
      6,
    );
  });

  it('is back for good only once all of the strip is read', () => {
    model.setSections([day('2024-06-03', 2), day('2024-06-02', 2)]);
    const left = { sectionKey: '2024-06-02', page: 1, photoId: '2024-06-02-1', distance: -10 };
    read(model, '2024-06-02/1');
    expect(model.viewTopNear(left)!.isExact).toBe(false);
    read(model, '2024-06-03/1');
    expect(model.viewTopNear(left)).toEqual({
      top: model.placeOf('2024-06-02-1')!.top + 10,
      isExact: true,
    });
  });

  it('has the heading of a month above what is left of it', () => {
    model.setSections([day('2024-06-03', 1), day('2024-06-02', 80), day('2024-05-01', 1)]);
    for (const each of [...model.blocks]) read(model, each.key);
    model.remove('2024-06-03-0');
    const [first] = model.visible(0, 10);
    expect([first!.block.key, first!.heading, first!.top]).toEqual(['2024-06-02/1', 50, 0]);
    expect(model.seenAt(0)!.key).toBe('2024-06-02/1');
    model.remove('2024-05-01-0');
    expect(model.seenAt(model.height - 1)!.key).toBe('2024-06-02/1');
  });

  it('needs only a few blocks to draw the middle of a million photos', () => {
    const days = Array.from({ length: 5000 }, (_, index) => section(`day${index}`, 200));
    model.setSections(days);
    const shown = model.visible(model.height / 2, model.height / 2 + 800);
    expect(shown.length).toBeLessThanOrEqual(2);
    expect(Math.abs((shown[0]?.top ?? 0) - model.height / 2)).toBeLessThan(20_000);
    expect(model.photoCount).toBe(1_000_000);
  });

  it('lays out a million photos of ten years of days at once, and one of them by itself', () => {
    const dates = Array.from({ length: 3650 }, (_, index) =>
      new Date(Date.UTC(2024, 0, 1) - index * 86_400_000).toISOString().slice(0, 10),
    );
    model.setSections(dates.map((date, index) => day(date, index % 2 ? 545 : 1 + (index % 5))));
    expect(model.photoCount).toBeGreaterThan(990_000);
    const untouched = model.stripOf(model.blocks[4000]!)[0]!.strip;
    read(model, model.blocks[100]!.key);
    expect(model.stripOf(model.blocks[4000]!)[0]!.strip).toBe(untouched);
    const shown = model.visible(model.height / 2, model.height / 2 + 800);
    expect(shown.length).toBeLessThanOrEqual(12);
  });
});
