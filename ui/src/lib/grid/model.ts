import type { PigPhoto } from '../api/types';
import { estimateHeight, justify, type Row, type RowLayout, type RowOptions } from './justified';
import { Offsets } from './offsets';

/** A heading with photos below it: a day, or a group of results. */
export interface Section {
  key: string;
  title: string;
  place: string;
  /** `YYYY-MM-DD`, or null when undated. */
  date: string | null;
  count: number;
  /** What the photos were listed by: while it is the same, so are the photos. */
  revision: unknown;
}

/** A page of a section: the unit that is fetched, laid out and forgotten. */
export interface Block {
  key: string;
  section: Section;
  /** 1-based. */
  page: number;
  count: number;
  isLast: boolean;
  photos: PigPhoto[] | null;
  /** The photos shown may no longer be what the server has. */
  stale: boolean;
  layout: RowLayout | null;
}

export interface Geometry {
  width: number;
  targetHeight: number;
  gap: number;
  headingHeight: number;
}

/** A block in view as it stands now, with those of its rows that are worth drawing. */
export interface VisibleBlock {
  block: Block;
  top: number;
  height: number;
  rowsTop: number;
  rows: Row[];
  photos: PigPhoto[] | null;
}

/** A photo (or block) in view and its distance from the view's top. */
export interface Anchor {
  sectionKey: string;
  page: number;
  photoId: string | null;
  distance: number;
}

export const PAGE_SIZE = 100;
const SECTION_SPACE = 28;

/** The whole grid as numbers: what stands where, without drawing any of it. */
export class GridModel {
  blocks: Block[] = [];
  #offsets = new Offsets();
  #indices = new Map<string, number>();
  #geometry: Geometry = { width: 0, targetHeight: 200, gap: 4, headingHeight: 48 };

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
    for (const block of this.blocks) if (!block.layout) this.#layOut(block);
    this.#indices = new Map(this.blocks.map((block, index) => [block.key, index]));
    this.#offsets = new Offsets(this.blocks.map((block) => this.#heightOf(block)));
  }

  setGeometry(geometry: Geometry): void {
    this.#geometry = geometry;
    for (const block of this.blocks) this.#layOut(block);
    this.#offsets = new Offsets(this.blocks.map((block) => this.#heightOf(block)));
  }

  /** Photos arrived that a block asked for; one that is gone by now is ignored. */
  fill({ key, section }: Pick<Block, 'key' | 'section'>, photos: PigPhoto[]): void {
    const index = this.#indices.get(key);
    const block = index === undefined ? undefined : this.blocks[index];
    if (index === undefined || !block) return;
    block.photos = photos;
    // They may have been asked for before the present list came.
    block.stale = block.section.revision !== section.revision;
    this.#layOut(block);
    this.#offsets.set(index, this.#heightOf(block));
  }

  /** Take a photo out of the grid, because it no longer belongs to what is shown. */
  remove(photoId: string): void {
    const found = this.find(photoId);
    if (!found) return;
    const photos = (found.block.photos ?? []).filter((photo) => photo.id !== photoId);
    this.fill(found.block, photos);
    // The server knows no page without photos, so an emptied one is not asked for again.
    for (const block of this.#sectionBlocks(found.block)) block.stale = block.photos?.length !== 0;
  }

  /** Replace a photo by a changed copy. */
  update(photo: PigPhoto): void {
    const found = this.find(photo.id);
    if (!found?.block.photos) return;
    found.block.photos = found.block.photos.with(found.index, photo);
  }

  /** Photos of the blocks farthest from `offset` are forgotten; their heights stay. */
  evict(offset: number, keep: number): void {
    const centre = this.#offsets.at(offset);
    const loaded = this.blocks.flatMap((block, index) => (block.photos ? [index] : []));
    loaded.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre));
    for (const index of loaded.slice(keep)) {
      const block = this.blocks[index];
      if (block) block.photos = null;
    }
  }

  topOfBlock(block: Block): number {
    return this.#offsets.top(this.#indices.get(block.key) ?? 0);
  }

  /** The block at an offset, or undefined in an empty grid. */
  blockAt(offset: number): Block | undefined {
    return this.blocks[this.#offsets.at(offset)];
  }

  /**
   * The block that stands at an offset for somebody who looks: not one that was emptied, nor
   * one of which only the space below is left.
   */
  seenAt(offset: number): Block | undefined {
    const index = this.#offsets.at(offset);
    const hasPhotos = (block: Block): boolean => block.photos?.length !== 0;
    const block = this.blocks[index];
    const foot = this.#offsets.top(index) + this.#offsets.height(index);
    const isPast = block?.isLast === true && offset >= foot - SECTION_SPACE;
    const next = this.blocks.slice(isPast ? index + 1 : index).find(hasPhotos);
    return next ?? this.blocks.slice(0, index + 1).findLast(hasPhotos);
  }

  /** Blocks that touch [from, to), in order. */
  blocksBetween(from: number, to: number): Block[] {
    const first = this.#offsets.at(from);
    const last = this.#offsets.at(to);
    return first < 0 ? [] : this.blocks.slice(first, last + 1);
  }

  /** What has to be drawn so that [from, to) is covered. */
  visible(from: number, to: number): VisibleBlock[] {
    return this.blocksBetween(from, to).map((block) => {
      const top = this.topOfBlock(block);
      const rowsTop = this.#rowsTop(block);
      const start = top + rowsTop;
      const inside = (row: Row): boolean =>
        start + row.top + row.height >= from && start + row.top <= to;
      const rows = block.photos ? (block.layout?.rows.filter(inside) ?? []) : [];
      return { block, top, height: this.#heightOf(block), rowsTop, rows, photos: block.photos };
    });
  }

  find(photoId: string): { block: Block; index: number } | null {
    for (const block of this.blocks) {
      const index = block.photos?.findIndex((photo) => photo.id === photoId) ?? -1;
      if (index >= 0) return { block, index };
    }
    return null;
  }

  /** Where a photo stands, from the top of the content; null when it is not loaded. */
  placeOf(photoId: string): { top: number; height: number } | null {
    const found = this.find(photoId);
    const rows = found?.block.layout?.rows ?? [];
    const row = rows.find((candidate) => found !== null && found.index < candidate.end);
    if (!found || !row) return null;
    const top = this.topOfBlock(found.block) + this.#rowsTop(found.block) + row.top;
    return { top, height: row.height };
  }

  /** What must not move while heights change: the first photo in view, else the first block. */
  anchor(viewTop: number, viewHeight: number): Anchor | null {
    const seen = this.visible(viewTop, viewTop + viewHeight);
    const entry = seen.find((candidate) => candidate.rows.length > 0) ?? seen[0];
    if (!entry) return null;
    const row = entry.rows[0];
    const top = entry.top + (row ? entry.rowsTop + row.top : 0);
    const photoId = row ? (entry.photos?.[row.start]?.id ?? null) : null;
    const { section, page } = entry.block;
    return { sectionKey: section.key, page, photoId, distance: top - viewTop };
  }

  /** The view's top that puts an anchor back where it was; null when it is gone. */
  viewTopFor(anchor: Anchor): number | null {
    const place = anchor.photoId === null ? null : this.placeOf(anchor.photoId);
    if (place) return place.top - anchor.distance;
    const index = this.#indices.get(blockKey(anchor.sectionKey, anchor.page));
    return index === undefined ? null : this.#offsets.top(index) - anchor.distance;
  }

  /** Where the view has to begin so that an anchor is where it was, as far as is known. */
  viewTopNear(anchor: Anchor): { top: number; isExact: boolean } | null {
    const place = anchor.photoId === null ? null : this.placeOf(anchor.photoId);
    if (place) return { top: place.top - anchor.distance, isExact: true };
    const index = this.#indices.get(blockKey(anchor.sectionKey, anchor.page));
    if (index === undefined) return null;
    const isExact = anchor.photoId === null || this.blocks[index]?.photos != null;
    return { top: this.#offsets.top(index) - Math.min(0, anchor.distance), isExact };
  }

  /** The block before (-1) or after (+1) another one. */
  besides(block: Block, step: 1 | -1): Block | undefined {
    return this.blocks[(this.#indices.get(block.key) ?? -2) + step];
  }

  #sectionBlocks(block: Block): Block[] {
    return this.blocks.filter((other) => other.section.key === block.section.key);
  }

  #rowsTop(block: Block): number {
    return block.page === 1 ? this.#geometry.headingHeight : 0;
  }

  #rowOptions(block: Block): RowOptions {
    return { ...this.#geometry, fillLast: !block.isLast };
  }

  #layOut(block: Block): void {
    const aspects = block.photos?.map((photo) => photo.aspectRatio ?? 1);
    block.layout = aspects ? justify(aspects, this.#rowOptions(block)) : null;
  }

  #heightOf(block: Block): number {
    if (block.photos?.length === 0) return 0;
    const rows = block.layout?.height ?? estimateHeight(block.count, this.#rowOptions(block));
    const below = block.isLast ? SECTION_SPACE : this.#geometry.gap;
    return this.#rowsTop(block) + rows + below;
  }
}

function blockKey(sectionKey: string, page: number): string {
  return `${sectionKey}/${page}`;
}

function blocksOf(section: Section, old: Map<string, Block>): Block[] {
  const pages = Math.ceil(section.count / PAGE_SIZE);
  return Array.from({ length: pages }, (_, index) => {
    const page = index + 1;
    const key = blockKey(section.key, page);
    const isLast = page === pages;
    const count = isLast ? section.count - PAGE_SIZE * index : PAGE_SIZE;
    const before = old.get(key);
    const kept = before?.isLast === isLast ? before.layout : null;
    return {
      key,
      section,
      page,
      count,
      isLast,
      photos: before?.photos ?? null,
      stale: before ? before.stale || before.section.revision !== section.revision : true,
      layout: kept,
    };
  });
}
