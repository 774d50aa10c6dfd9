import type { PigPhoto } from '../api/types';

/** The photos of the present view in order, as the viewer turns through them. */
export interface PhotoSequence {
  /** A photo that is loaded. */
  photo(id: string): PigPhoto | undefined;
  /** Whether the photo is (or was made) part of the view, fetching its day if need be. */
  locate(id: string, date: string | null): Promise<boolean>;
  /** The photo before (-1) or after (+1), fetched if need be; null at the end. */
  neighbour(id: string, step: 1 | -1): Promise<PigPhoto | null>;
  /** Scroll to a photo and put the focus on it. */
  reveal(id: string): void;
  /** Take out a photo that no longer belongs to the view. */
  remove(id: string): void;
  update(photo: PigPhoto): void;
}
