import type { Extent, PhotoInView, PhotoSelection, SectionInView } from './photo-selection';
import type { AlbumHead } from '../api/types';
import type { Selection } from './selection';

/** What the grid does for its selection. */
export interface SelectionHooks {
  /** What the view has, loaded or not. */
  sections: () => readonly SectionInView[];
  /** The photos from one to another, read if need be. */
  between: (one: PhotoInView, other: PhotoInView) => Promise<PhotoInView[]>;
  /** The photos of a section, read if need be. */
  inSection: (key: string) => Promise<PhotoInView[]>;
  /** Put the focus back into the grid. */
  focus: () => void;
}

/** Photos taken up at once: the page answers in between. */
const AT_ONCE = 10_000;

/** The selection of the view that is shown, for everything that draws it. */
export class Selected {
  /** Photos are being read that belong to it. */
  reading = $state(false);
  #version = $state(0);
  /** Grows when the photos that are being read are not wanted any more. */
  #wanted = 0;

  constructor(
    private readonly photos: PhotoSelection,
    private readonly hooks: SelectionHooks,
    /** Whether photos can be selected at all. */
    readonly isOffered = true,
  ) {}

  /** Another number for another selection. */
  get version(): number {
    return this.#version;
  }

  get isEmpty(): boolean {
    void this.#version;
    return this.photos.isEmpty;
  }

  get isAll(): boolean {
    void this.#version;
    return this.photos.isAll;
  }

  get canBeAll(): boolean {
    return this.photos.canBeAll;
  }

  /** As many as the page knows of. */
  get count(): number {
    void this.#version;
    return this.photos.count(this.hooks.sections());
  }

  has(photo: PhotoInView): boolean {
    void this.#version;
    return this.photos.has(photo);
  }

  extentOf(section: SectionInView): Extent {
    void this.#version;
    return this.photos.extentOf(section);
  }

  value(): Selection {
    return this.photos.value();
  }

  toggle(photo: PhotoInView): void {
    this.change((photos) => photos.toggle(photo));
  }

  /** Select all from the last one to this one. */
  async extendTo(photo: PhotoInView): Promise<void> {
    const { anchor } = this.photos;
    if (anchor === null) return this.toggle(photo);
    await this.#whenRead(this.hooks.between(anchor, photo), true);
  }

  /** Select a whole section, or none of it. */
  async toggleSection(section: SectionInView): Promise<void> {
    const on = this.photos.extentOf(section) !== 'all';
    await this.#whenRead(this.hooks.inSection(section.key), on);
  }

  selectAll(): void {
    this.change((photos) => photos.selectAll());
  }

  clear(): void {
    this.#wanted += 1;
    this.reading = false;
    this.change((photos) => photos.clear());
  }

  /** End the selection where somebody has ended it: the grid has the focus again. */
  leave(): void {
    this.clear();
    this.hooks.focus();
  }

  /** Change what is selected, and have it drawn. */
  change(mutate: (photos: PhotoSelection) => void): void {
    if (!this.isOffered) return;
    mutate(this.photos);
    this.#version += 1;
  }

  async #whenRead(reading: Promise<PhotoInView[]>, on: boolean): Promise<void> {
    const wanted = (this.#wanted += 1);
    this.reading = true;
    try {
      const found = await reading;
      for (let start = 0; start < found.length && wanted === this.#wanted; start += AT_ONCE) {
        this.change((photos) => photos.set(found.slice(start, start + AT_ONCE), on));
        await new Promise((resolve) => setTimeout(resolve));
      }
    } finally {
      if (wanted === this.#wanted) this.reading = false;
    }
  }
}

/** Which selection the page is about; the view that is shown puts its own here. */
export class Selecting {
  current = $state.raw<Selected | null>(null);
  /** The album that the view shows, if it is one that somebody has made. */
  album = $state.raw<AlbumHead | null>(null);
  /** Takes the photo before which others are to go, or null for none; null while none are. */
  placing = $state.raw<((id: string | null) => void) | null>(null);
  /** Does an act upon it, by the act's id; the bar puts that here. */
  act: (id: string) => void = () => undefined;

  /** Visitors who have not signed in select nothing: there is nothing they could do with it. */
  constructor(readonly isOffered = true) {}

  get isActive(): boolean {
    return this.current !== null && !this.current.isEmpty;
  }
}
