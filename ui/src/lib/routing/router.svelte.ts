import type { Anchor } from '../grid/model';
import { parsePhotoId, photoAddress } from './addresses';
import { viewAt, type Route, type View } from './route';

/** How far a view was read when it was left, for this step of history. */
export interface Place {
  /** Pages of a list that were read. */
  pages?: number;
  /** Pixels that a view was scrolled by. */
  scrolled?: number;
  /** What stood in view in a grid of photos. */
  anchor?: Anchor;
}

interface HistoryState {
  place?: Place;
  /** The photos to turn through, where they are others than the view's. */
  among?: string[];
  /** Address of the view below an open photo. */
  below?: string;
  /** How many steps back that view is, when the photo was opened from it. */
  opened?: number;
}

/** The address bar: which view is shown, and which photo is open on top of it. */
export class Router {
  #address = $state('/');
  #below = $state('');
  #among = $state.raw<string[] | null>(null);
  /** Going back takes a moment, and must not be asked for twice. */
  #closing = false;
  #keepers = new Set<() => void>();

  readonly view: View;
  photoId = $derived(parsePhotoId(this.#address));
  /** Where the view below was left; `remember` keeps it, also over a reload. */
  place: Place = {};

  constructor(
    private readonly target: Window,
    table: readonly Route[],
    /** The view below a photo whose address was opened by itself. */
    private readonly home = '/',
  ) {
    this.#below = home;
    // Of a page that was read again, also with a photo open.
    this.place = this.#state?.place ?? {};
    this.view = $derived(viewAt(this.#below, table));
    this.#read();
  }

  /** Follow the back and forward buttons; returns the way to stop. */
  follow(): () => void {
    const onPopState = (): void => this.#read();
    this.target.addEventListener('popstate', onPopState);
    return () => this.target.removeEventListener('popstate', onPopState);
  }

  /** Have a view remember its place before it is left for another; returns the way to stop. */
  keeping(remember: () => void): () => void {
    this.#keepers.add(remember);
    return () => this.#keepers.delete(remember);
  }

  go(address: string): void {
    this.#keep();
    if (address !== this.#address) this.target.history.pushState({}, '', address);
    this.#read();
  }

  /** Show another view in place of this one, which is gone. */
  replace(address: string): void {
    this.target.history.replaceState({}, '', address);
    this.#read();
  }

  /** The photos to turn through instead of the view's, or null. */
  get among(): string[] | null {
    return this.#among;
  }

  /** Keep where the view is, for when one comes back to this step of history. */
  remember(place: Place): void {
    this.place = { ...this.place, ...place };
    const state = { ...this.#state, place: this.place };
    this.target.history.replaceState(state, '');
  }

  /** Open a photo on top of the view or of another photo, one of those `among` which to turn. */
  openPhoto(id: string, among?: string[]): void {
    this.#keep();
    const before = this.#state;
    const state: HistoryState = { below: this.#below, place: this.place };
    const shown = among ?? before?.among;
    if (shown) state.among = nearest(shown, id);
    if (this.photoId === null) state.opened = 1;
    else if (before?.opened) state.opened = before.opened + 1;
    this.target.history.pushState(state, '', photoAddress(id));
    this.#read();
  }

  /** Show another photo in place of the open one, without a new step of history. */
  turnTo(id: string): void {
    this.target.history.replaceState(this.target.history.state, '', photoAddress(id));
    this.#read();
  }

  closePhoto(): void {
    if (this.photoId === null || this.#closing) return;
    const state = this.#state;
    this.#closing = true;
    if (state?.opened) this.target.history.go(-state.opened);
    else this.go(this.#below);
  }

  #keep(): void {
    for (const remember of this.#keepers) remember();
  }

  get #state(): HistoryState | null {
    return this.target.history.state as HistoryState | null;
  }

  #read(): void {
    const { location } = this.target;
    const state = this.#state;
    this.#closing = false;
    this.#address = location.pathname + location.search;
    this.#among = state?.among ?? null;
    const isPhoto = parsePhotoId(this.#address) !== null;
    const below = isPhoto ? (state?.below ?? this.home) : this.#address;
    // A view that stays below an open photo knows better where it is.
    if (below !== this.#below || !isPhoto) this.place = state?.place ?? {};
    this.#below = below;
  }
}

/** A browser keeps no more than some kilobytes for a step of history. */
const MOST_AMONG = 400;

/** The part of a long list around one of its items. */
function nearest(ids: string[], id: string): string[] {
  const start = Math.max(0, ids.indexOf(id) - MOST_AMONG / 2);
  return ids.slice(start, start + MOST_AMONG);
}
