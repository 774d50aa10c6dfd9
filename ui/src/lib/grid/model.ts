import type { PigPhoto } from '../api/types';
import { blocksOf, isEmptied, type Block, type Section } from './blocks';
import type { Geometry } from './geometry';
import type { Row } from './justified';
import { Offsets } from './offsets';
import { pack, type DayShape, type Pack, type PackedDay } from './packing';
import { stripsOf, type Chapter, type Strip } from './strips';

/** A block as it stands now, in CSS pixels from the left and the top of the content. */
export interface Standing extends PackedDay {
  block: Block;
  /** Blocks of one strip move together as their photos come. */
  strip: Strip;
  /** Height of the chapter's heading, which stands above its first block. */
  heading: number;
}

/** A block in view, with those of its rows that are worth drawing. */
export interface VisibleBlock extends Standing {
  photos: PigPhoto[] | null;
}

/** A photo in CSS pixels from the left and the top of the content. */
export interface PhotoPlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A photo (or block) in view and its distance from the view's top. */
export interface Anchor {
  sectionKey: string;
  page: number;
  photoId: string | null;
  distance: number;
}

/** The whole grid as numbers: what stands where, without drawing any of it. */
export class GridModel {
  blocks: Block[] = [];
  #strips: Strip[] = [];
  #offsets = new Offsets();
  /** Where the first block of a section is, by its key, and in which strip each block. */
  #indices = new Map<string, number>();
  #stripOfBlock: number[] = [];
  #geometry: Geometry = {
    ...{ side: 0, width: 1000, targetHeight: 200, gap: 4, columns: null },
    ...{ headingHeight: 48, labelHeight: 28 },
  };
  /** Thousands of days are laid out when it is known how, not before. */
  #isMeasured = false;
  /** How days of which nothing is read are packed, by what tells them from others. */
  #unread = new Map<string | number, Pack>();
  /** How the others are. */
  #read = new Map<Strip, Pack>();

  get height(): number {
    return this.#offsets.total;
  }

  get photoCount(): number {
    return this.blocks.reduce((sum, block) => sum + block.count, 0);
  }

  /** Take a new list of sections; those of another revision are shown until they are read again. */
  setSections(sections: Section[]): void {
    const old = new Map(this.blocks.map((block) => [block.key, block]));
    this.blocks = sections.flatMap((section) => blocksOf(section, old));
    if (this.#isMeasured) this.#layOutAll();
  }

  setGeometry(geometry: Geometry): void {
    if (this.#isMeasured && geometry === this.#geometry) return;
    this.#geometry = geometry;
    this.#isMeasured = true;
    this.#unread.clear();
    this.#layOutAll();
  }

  /** Photos arrived that a block asked for; one that is gone by now is ignored. */
  fill({ page, section }: Pick<Block, 'page' | 'section'>, photos: PigPhoto[]): void {
    const place = this.#placeOf(section.key, page);
    const strip = place && this.#strips[place.strip];
    const block = place && this.blocks[place.block];
    if (!block || !strip) return;
    const wasEmptied = isEmptied(block);
    block.photos = photos;
    block.aspects = photos.map((photo) => photo.aspectRatio ?? 1);
    // They may have been asked for before the present list came.
    block.stale = block.section.revision !== section.revision;
    this.#layOut(place.strip);
    // The heading stands above what is left of the chapter.
    if (isEmptied(block) !== wasEmptied) this.#layOutChapter(strip.chapter);
  }

  /** Take a photo out of the grid, because it no longer belongs to what is shown. */
  remove(photoId: string): void {
    const found = this.find(photoId);
    if (!found) return;
    const photos = (found.block.photos ?? []).filter((photo) => photo.id !== photoId);
    this.fill(found.block, photos);
    // The server knows no page without photos, so an emptied one is not asked for again.
    for (const block of this.#sectionBlocks(found.block)) block.stale = !isEmptied(block);
  }

  /** Replace a photo by a changed copy. */
  update(photo: PigPhoto): void {
    const found = this.find(photo.id);
    if (!found?.block.photos) return;
    found.block.photos = found.block.photos.with(found.index, photo);
  }

  /**
   * The photos farthest from `offset` are forgotten, all of a strip or none, so that about
   * `keep` are left; what stands where stays.
   */
  evict(offset: number, keep: number): void {
    const centre = this.#offsets.at(offset);
    const isLoaded = ({ blocks }: Strip): boolean => blocks.some((block) => block.photos !== null);
    const loaded = this.#strips.flatMap((strip, index) => (isLoaded(strip) ? [index] : []));
    loaded.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre));
    let kept = 0;
    for (const index of loaded) {
      const isFull = kept >= keep;
      for (const block of this.#strips[index]?.blocks ?? []) {
        kept += block.photos?.length ?? 0;
        // An emptied one would be asked for again, of which the server has nothing.
        if (isFull && !isEmptied(block)) block.photos = null;
      }
    }
  }

  topOfBlock(block: Block): number {
    return this.#standing(block)?.top ?? 0;
  }

  /** The first of the blocks at an offset, or undefined in an empty grid. */
  blockAt(offset: number): Block | undefined {
    return this.#strips[this.#offsets.at(offset)]?.blocks[0];
  }

  /**
   * A block that stands at an offset for somebody who looks: not one that was emptied, nor
   * one of which only the space below is left.
   */
  seenAt(offset: number): Block | undefined {
    const index = this.#offsets.at(offset);
    const isPast = offset >= this.#offsets.top(index + 1) - this.#geometry.gap;
    const hasPhotos = ({ blocks }: Strip): boolean => !blocks.every(isEmptied);
    const strip =
      this.#strips.slice(isPast ? index + 1 : index).find(hasPhotos) ??
      this.#strips.slice(0, index + 1).findLast(hasPhotos);
    return strip?.blocks.find((block) => !isEmptied(block));
  }

  /** The blocks of the strips that touch [from, to), in order. */
  blocksBetween(from: number, to: number): Block[] {
    return this.#stripsBetween(from, to).flatMap((strip) => strip.blocks);
  }

  /** What has to be drawn so that [from, to) is covered, and what stands beside that. */
  visible(from: number, to: number): VisibleBlock[] {
    return this.blocksBetween(from, to).flatMap((block) => {
      const standing = this.#standing(block);
      if (!standing || isEmptied(block)) return [];
      const start = standing.top + standing.rowsTop;
      const inside = (row: Row): boolean =>
        start + row.top + row.height >= from && start + row.top <= to;
      const rows = block.photos ? standing.rows.filter(inside) : [];
      return [{ ...standing, rows, photos: block.photos }];
    });
  }

  find(photoId: string): { block: Block; index: number } | null {
    for (const block of this.blocks) {
      const index = block.photos?.findIndex((photo) => photo.id === photoId) ?? -1;
      if (index >= 0) return { block, index };
    }
    return null;
  }

  /** Where a photo stands; null when it is not loaded. */
  placeOf(photoId: string): PhotoPlace | null {
    const found = this.find(photoId);
    const standing = found ? this.#standing(found.block) : undefined;
    if (!found || !standing) return null;
    const row = standing.rows.find((candidate) => found.index < candidate.end);
    const box = row?.boxes[found.index - row.start];
    if (!row || !box) return null;
    return {
      left: standing.left + box.left,
      top: standing.top + standing.rowsTop + row.top,
      width: box.width,
      height: row.height,
    };
  }

  /** The blocks that move together with one as their photos come, as they stand now. */
  stripOf(block: Block): Standing[] {
    const place = this.#placeOf(block.section.key, block.page);
    const blocks = place ? (this.#strips[place.strip]?.blocks ?? []) : [];
    return blocks.flatMap((each) => this.#standing(each) ?? []);
  }

  /** What holds the view: the best of its anchors. */
  anchor(viewTop: number, viewHeight: number): Anchor | null {
    return this.anchors(viewTop, viewHeight)[0] ?? null;
  }

  /**
   * What must not move while heights change, the best hold first: the photos of the first row
   * in view, then of the rows below and above it, else a block.
   *
   * Of each row the middle first: those at the ends go to the next one when a photo comes or
   * goes above.
   */
  anchors(viewTop: number, viewHeight: number): Anchor[] {
    const seen = this.visible(viewTop, viewTop + viewHeight);
    const withPhotos = seen.filter((candidate) => candidate.rows.length > 0);
    // What others of its strip will move is no hold.
    const [whole, others] = [true, false].map((is) =>
      withPhotos.filter(({ strip }) => isWhole(strip) === is),
    );
    const anchors = [...(whole ?? []), ...(others ?? [])].flatMap((entry) =>
      anchorsIn(entry, viewTop),
    );
    const [first] = seen;
    if (anchors.length > 0 || !first) return anchors;
    const { section, page } = first.block;
    return [{ sectionKey: section.key, page, photoId: null, distance: first.top - viewTop }];
  }

  /** The view's top that puts the best anchor back that is still there; null without one. */
  viewTopFor(anchors: readonly Anchor[]): number | null {
    for (const anchor of anchors) {
      const place = anchor.photoId === null ? null : this.placeOf(anchor.photoId);
      if (place) return place.top - anchor.distance;
      const block = anchor.photoId === null ? this.#blockOf(anchor) : undefined;
      if (block) return this.topOfBlock(block) - anchor.distance;
    }
    return null;
  }

  /** Where the view has to begin so that an anchor is where it was, as far as is known. */
  viewTopNear(anchor: Anchor): { top: number; isExact: boolean } | null {
    const block = this.#blockOf(anchor);
    const place = anchor.photoId === null ? null : this.placeOf(anchor.photoId);
    const strip = block && this.stripOf(block)[0]?.strip;
    const isRead = strip !== undefined && isWhole(strip);
    if (place) return { top: place.top - anchor.distance, isExact: isRead || !block };
    if (!block) return null;
    const isExact = anchor.photoId === null || isRead;
    return { top: this.topOfBlock(block) - Math.min(0, anchor.distance), isExact };
  }

  /** The block before (-1) or after (+1) another one. */
  besides(block: Block, step: 1 | -1): Block | undefined {
    const index = this.#placeOf(block.section.key, block.page)?.block;
    return index === undefined ? undefined : this.blocks[index + step];
  }

  #blockOf({ sectionKey, page }: Anchor): Block | undefined {
    return this.blocks[this.#placeOf(sectionKey, page)?.block ?? -1];
  }

  #placeOf(sectionKey: string, page: number): { block: number; strip: number } | undefined {
    const first = this.#indices.get(sectionKey);
    if (first === undefined) return undefined;
    const block = first + page - 1;
    const strip = this.#stripOfBlock[block];
    const isThere = this.blocks[block]?.section.key === sectionKey;
    return isThere && strip !== undefined ? { block, strip } : undefined;
  }

  #sectionBlocks(block: Block): Block[] {
    return this.blocks.filter((other) => other.section.key === block.section.key);
  }

  #stripsBetween(from: number, to: number): Strip[] {
    const first = this.#offsets.at(from);
    return first < 0 ? [] : this.#strips.slice(first, this.#offsets.at(to) + 1);
  }

  #standing(block: Block): Standing | undefined {
    const place = this.#placeOf(block.section.key, block.page);
    const strip = place && this.#strips[place.strip];
    if (!place || !strip) return undefined;
    const day = this.#packed(strip).days[strip.blocks.indexOf(block)];
    if (!day) return undefined;
    const above = this.#headingOf(strip);
    const heading = block === leadOf(strip.chapter) ? above : 0;
    // The heading belongs to the block below it, whose photos then stand that much lower.
    const top = this.#offsets.top(place.strip) + above + day.top - heading;
    const lower = { height: day.height + heading, rowsTop: day.rowsTop + heading };
    return { ...day, ...lower, block, strip, heading, top };
  }

  #layOutAll(): void {
    this.#read.clear();
    this.#strips = stripsOf(this.blocks, { ...this.#geometry, fillLast: false });
    this.#offsets = new Offsets(this.#strips.map((strip) => this.#heightOf(strip)));
    this.#indices = new Map();
    this.blocks.forEach(({ page, section }, index) => {
      if (page === 1) this.#indices.set(section.key, index);
    });
    this.#stripOfBlock = [];
    this.#strips.forEach(({ blocks }, strip) => {
      for (let each = 0; each < blocks.length; each += 1) this.#stripOfBlock.push(strip);
    });
  }

  #layOutChapter({ blocks }: Chapter): void {
    const strips = blocks.map(({ section, page }) => this.#placeOf(section.key, page)?.strip);
    for (const index of new Set(strips)) if (index !== undefined) this.#layOut(index);
  }

  #layOut(index: number): void {
    const strip = this.#strips[index];
    if (!strip) return;
    this.#read.delete(strip);
    this.#offsets.set(index, this.#heightOf(strip));
  }

  /** Most of a large library is not read, and many of its days are alike. */
  #packed(strip: Strip): Pack {
    const { blocks, chapter } = strip;
    const look = blocks.some(({ aspects }) => aspects !== null) ? null : lookOf(blocks, chapter);
    const known = look === null ? this.#read.get(strip) : this.#unread.get(look);
    if (known) return known;
    const packed = pack(
      blocks.map((block) => shapeOf(block, chapter)),
      this.#geometry,
    );
    if (look === null) this.#read.set(strip, packed);
    else this.#unread.set(look, packed);
    return packed;
  }

  #headingOf({ blocks, chapter }: Strip): number {
    const lead = leadOf(chapter);
    const hasHeading = lead !== undefined && blocks.includes(lead) && isTitled(lead);
    return hasHeading ? this.#geometry.headingHeight : 0;
  }

  #heightOf(strip: Strip): number {
    const { height } = this.#packed(strip);
    return this.#headingOf(strip) + height + (height > 0 ? this.#geometry.gap : 0);
  }
}

function shapeOf(block: Block, chapter: Chapter): DayShape {
  return {
    count: isEmptied(block) ? 0 : block.count,
    aspects: block.aspects,
    isLabelled: isLabelled(block, chapter),
    goesOn: !block.isLast,
  };
}

/** What tells the shapes of blocks that are not read from others. */
function lookOf(blocks: Block[], chapter: Chapter): string | number {
  const [first] = blocks;
  if (first && blocks.length === 1) return lookOfOne(first, chapter);
  return blocks.map((block) => lookOfOne(block, chapter)).join();
}

function lookOfOne(block: Block, chapter: Chapter): number {
  const flags = (isLabelled(block, chapter) ? 2 : 0) + (block.isLast ? 0 : 1);
  return (isEmptied(block) ? 0 : block.count) * 4 + flags;
}

function isLabelled({ page }: Block, { isMonth }: Chapter): boolean {
  return isMonth && page === 1;
}

/** The photos of a block that is in view as anchors, the best first. */
function anchorsIn({ block, photos, rows, rowsTop, top }: VisibleBlock, viewTop: number): Anchor[] {
  const { section, page } = block;
  const start = top + rowsTop;
  const first = Math.max(
    0,
    rows.findIndex((row) => start + row.top >= viewTop),
  );
  return [...rows.slice(first), ...rows.slice(0, first).reverse()].flatMap((row) => {
    const middle = Math.floor((row.start + row.end) / 2);
    const indices = Array.from({ length: row.end - row.start }, (_, index) => row.start + index);
    indices.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const distance = start + row.top - viewTop;
    return indices.flatMap((index): Anchor[] => {
      const photoId = photos?.[index]?.id;
      return photoId === undefined ? [] : [{ sectionKey: section.key, page, photoId, distance }];
    });
  });
}

/** The block that the heading of a chapter stands above. */
function leadOf({ blocks }: Chapter): Block | undefined {
  return blocks.find((block) => !isEmptied(block));
}

/** Days are; of thousands the title is not written to know that. */
function isTitled({ section }: Block): boolean {
  return section.date !== null || section.title !== '';
}

function isWhole({ blocks }: Strip): boolean {
  return blocks.every((block) => block.photos !== null);
}
