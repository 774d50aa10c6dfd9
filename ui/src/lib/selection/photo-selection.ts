import type { Selection, ViewQuery } from './selection';

/** A photo of a view: its id, and the section that it stands in. */
export interface PhotoInView {
  id: string;
  section: string;
}

/** How much of a section is selected. */
export type Extent = 'none' | 'some' | 'all';

/** A section of the view, as far as a selection has to know it. */
export interface SectionInView {
  key: string;
  /** How many photos it has, loaded or not. */
  count: number;
}

/**
 * The photos of one view that are selected: a list of them, or all of the view but for some.
 * In either case only photos that somebody has touched are kept, so that all of a view of
 * any size costs nothing.
 */
export class PhotoSelection {
  /** Where the last one was selected or taken out: ranges reach from there. */
  anchor: PhotoInView | null = null;
  #isAll = false;
  /** Those that are selected or, of all, those that are not, by section. */
  readonly #touched = new Map<string, string>();
  readonly #inSection = new Map<string, number>();

  /** `query` says what the view shows, if that can be said; `covers`, of which sections. */
  constructor(
    private readonly query: () => ViewQuery | null = () => null,
    private readonly covers: (section: string) => boolean = () => true,
  ) {}

  /** Whether it is all of the view, but for some. */
  get isAll(): boolean {
    return this.#isAll;
  }

  get canBeAll(): boolean {
    return this.query() !== null;
  }

  /** Whether anything is selected, as far as is known without counting. */
  get isEmpty(): boolean {
    return !this.#isAll && this.#touched.size === 0;
  }

  has({ id, section }: PhotoInView): boolean {
    if (!this.#isAll) return this.#touched.has(id);
    return this.covers(section) && !this.#touched.has(id);
  }

  /** How many are selected of a view with these sections. */
  count(sections: readonly SectionInView[]): number {
    if (!this.#isAll) return this.#touched.size;
    const covered = sections.filter(({ key }) => this.covers(key));
    const all = covered.reduce((sum, { count }) => sum + count, 0);
    return Math.max(0, all - this.#touched.size);
  }

  extentOf({ key, count }: SectionInView): Extent {
    const touched = this.#inSection.get(key) ?? 0;
    if (this.#isAll && !this.covers(key)) return 'none';
    const selected = this.#isAll ? count - touched : touched;
    if (selected <= 0) return 'none';
    return selected < count ? 'some' : 'all';
  }

  toggle(photo: PhotoInView): void {
    this.set([photo], !this.has(photo));
    this.anchor = photo;
  }

  /** Select photos, or take them out. */
  set(photos: Iterable<PhotoInView>, on: boolean): void {
    for (const photo of photos) {
      if (this.#isAll && !this.covers(photo.section)) continue;
      if (on === this.#isAll) this.#forget(photo.id);
      else this.#keep(photo);
    }
  }

  /** Select all that the view shows, now and when it is acted upon. */
  selectAll(): void {
    if (!this.canBeAll) return;
    this.clear();
    this.#isAll = true;
  }

  clear(): void {
    this.#isAll = false;
    this.anchor = null;
    this.#touched.clear();
    this.#inSection.clear();
  }

  /** What the server is told. */
  value(): Selection {
    const names = [...this.#touched.keys()];
    const query = this.#isAll ? this.query() : null;
    if (query === null) return { image_hashes: names };
    return { select_all: true, query, excluded_hashes: names };
  }

  #keep({ id, section }: PhotoInView): void {
    if (this.#touched.has(id)) return;
    this.#touched.set(id, section);
    this.#inSection.set(section, (this.#inSection.get(section) ?? 0) + 1);
  }

  #forget(id: string): void {
    const section = this.#touched.get(id);
    if (section === undefined) return;
    this.#touched.delete(id);
    this.#inSection.set(section, (this.#inSection.get(section) ?? 1) - 1);
  }
}
