import type { Anchor } from '../grid/model';

/** A view of the library, without what may be open on top of it. */
export type View =
  | { name: 'timeline' }
  | { name: 'favourites' }
  | { name: 'hidden' }
  | { name: 'trash' }
  | { name: 'recent' }
  | { name: 'problems' }
  | { name: 'people' }
  | { name: 'people-changes' }
  | { name: 'people-dismissed' }
  | { name: 'person'; id: number; part: PersonPart }
  | { name: 'things' }
  | { name: 'thing'; id: number }
  | { name: 'models' }
  | { name: 'search'; text: string }
  | { name: 'failures'; jobId: string }
  | { name: 'unknown' };

/** What a person's page shows below the name. */
export type PersonPart = 'photos' | 'faces' | 'guesses';

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

const PHOTO_PATH = /^\/photo\/([^/]+)\/?$/;
const FAILURES_PATH = /^\/failures\/([^/]+)\/?$/;
const PERSON_PATH = /^\/people\/(\d+)(?:\/(photos|faces|guesses))?\/?$/;
const THING_PATH = /^\/things\/(\d+)\/?$/;

/** The address bar: which view is shown, and which photo is open on top of it. */
export class Router {
  #address = $state('/');
  #below = $state('/');
  #among = $state.raw<string[] | null>(null);
  /** Going back takes a moment, and must not be asked for twice. */
  #closing = false;
  #keepers = new Set<() => void>();

  view = $derived(parseView(this.#below));
  photoId = $derived(parsePhotoId(this.#address));
  /** Where the view below was left; `remember` keeps it, also over a reload. */
  place: Place = {};

  constructor(private readonly target: Window) {
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
    const below = isPhoto ? (state?.below ?? '/') : this.#address;
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

export function personAddress(id: number, part: PersonPart = 'photos'): string {
  return part === 'photos' ? `/people/${id}` : `/people/${id}/${part}`;
}

export function thingAddress(id: number): string {
  return `/things/${id}`;
}

export function photoAddress(id: string): string {
  return `/photo/${encodeURIComponent(id)}`;
}

export function parsePhotoId(address: string): string | null {
  const match = PHOTO_PATH.exec(address.split('?')[0] ?? '');
  return match?.[1] ? decoded(match[1]) : null;
}

/** What an address says, also where a person typed a stray percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

export function parseView(address: string): View {
  const [path = '/', search = ''] = address.split('?');
  const failures = FAILURES_PATH.exec(path);
  if (failures?.[1]) return { name: 'failures', jobId: decoded(failures[1]) };
  const person = PERSON_PATH.exec(path);
  if (person?.[1]) {
    const part = (person[2] ?? 'photos') as PersonPart;
    return { name: 'person', id: Number(person[1]), part };
  }
  const thing = THING_PATH.exec(path);
  if (thing?.[1]) return { name: 'thing', id: Number(thing[1]) };
  switch (path.replace(/\/$/, '')) {
    case '/favourites':
      return { name: 'favourites' };
    case '/hidden':
      return { name: 'hidden' };
    case '/trash':
      return { name: 'trash' };
    case '/recent':
      return { name: 'recent' };
    case '/problems':
      return { name: 'problems' };
    case '/people':
      return { name: 'people' };
    case '/people/changes':
      return { name: 'people-changes' };
    case '/people/dismissed':
      return { name: 'people-dismissed' };
    case '/things':
      return { name: 'things' };
    case '/models':
      return { name: 'models' };
    case '/search':
      return { name: 'search', text: new URLSearchParams(search).get('q') ?? '' };
    case '':
      return { name: 'timeline' };
    default:
      return { name: 'unknown' };
  }
}
