import { tick } from 'svelte';
import type { PigPhoto } from '../api/types';

/** What the viewer has to know of a photo before it is turned to. */
export type Neighbour = Pick<PigPhoto, 'id' | 'image_hash' | 'type'> & {
  shown_orientation?: number;
};

/** The photos of the present view in order, as the viewer turns through them. */
export interface PhotoSequence {
  /** A photo that is loaded. */
  photo(id: string): PigPhoto | undefined;
  /** Whether the place of a photo is known without its date. */
  knows(id: string): boolean;
  /** Whether the photo is (or was made) part of the view, fetching its day if need be. */
  locate(id: string, date: string | null): Promise<boolean>;
  /** The photo before (-1) or after (+1), fetched if need be; null at the end. */
  neighbour(id: string, step: 1 | -1): Promise<Neighbour | null>;
  /** Scroll to a photo and put the focus on it. */
  reveal(id: string): void;
  /** Take out a photo that no longer belongs to the view. */
  remove(id: string): void;
  update(photo: PigPhoto): void;
}

/** Photos in an order of their own, known by nothing but their ids. */
export function listSequence(ids: string[]): PhotoSequence {
  const photos = ids.map((id): Neighbour => ({ id, image_hash: id, type: 'image' }));
  const remaining = new Map(photos.map((photo) => [photo.id, photo]));
  return {
    // What they look like is for the details to tell.
    photo: () => undefined,
    knows: (id) => remaining.has(id),
    locate: (id) => Promise.resolve(remaining.has(id)),
    neighbour(id, step) {
      for (let index = ids.indexOf(id) + step; index >= 0 && index < ids.length; index += step) {
        const photo = remaining.get(ids[index] ?? '');
        if (photo) return Promise.resolve(photo);
      }
      return Promise.resolve(null);
    },
    reveal(id) {
      const selector = `[data-photo="${CSS.escape(id)}"] a, [data-photo-id="${CSS.escape(id)}"]`;
      // The dialog that lies upon it keeps the focus to itself until it is gone.
      void tick().then(() => focusOnceThere(selector));
    },
    remove: (id) => void remaining.delete(id),
    update: () => undefined,
  };
}

/** Focus an element, once it is read if need be, unless somebody does something else before. */
function focusOnceThere(selector: string): void {
  const focused = (): boolean => {
    const found = document.querySelector<HTMLElement>(selector);
    found?.focus();
    return found !== null;
  };
  if (focused()) return;
  const elsewhere = new AbortController();
  const observer = new MutationObserver(() => focused() && elsewhere.abort());
  observer.observe(document.body, { childList: true, subtree: true });
  elsewhere.signal.addEventListener('abort', () => observer.disconnect());
  for (const act of ['keydown', 'pointerdown']) {
    document.addEventListener(act, () => elsewhere.abort(), {
      capture: true,
      signal: elsewhere.signal,
    });
  }
}
