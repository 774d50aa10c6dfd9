import type { PhotoInView, PhotoSelection } from './photo-selection';

/** A range that grows and shrinks, as under a finger; what it leaves is as it was before. */
export class Sweep {
  readonly #before = new Map<string, { photo: PhotoInView; was: boolean }>();

  constructor(
    private readonly selection: PhotoSelection,
    /** Whether the range selects, or takes out. */
    private readonly on: boolean,
  ) {}

  /** Have the range be these photos. */
  over(photos: readonly PhotoInView[]): void {
    const inside = new Set(photos.map(({ id }) => id));
    for (const [id, { photo, was }] of this.#before) {
      if (inside.has(id)) continue;
      this.selection.set([photo], was);
      this.#before.delete(id);
    }
    for (const photo of photos) {
      if (this.#before.has(photo.id)) continue;
      this.#before.set(photo.id, { photo, was: this.selection.has(photo) });
      this.selection.set([photo], this.on);
    }
  }
}
