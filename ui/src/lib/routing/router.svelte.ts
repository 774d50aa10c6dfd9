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
  | { name: 'failures'; jobId: string };

/** What a person's page shows below the name. */
export type PersonPart = 'photos' | 'faces' | 'guesses';

interface HistoryState {
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
  /** Going back takes a moment, and must not be asked for twice. */
  #closing = false;

  view = $derived(parseView(this.#below));
  photoId = $derived(parsePhotoId(this.#address));

  constructor(private readonly target: Window) {
    this.#read();
  }

  /** Follow the back and forward buttons; returns the way to stop. */
  follow(): () => void {
    const onPopState = (): void => this.#read();
    this.target.addEventListener('popstate', onPopState);
    return () => this.target.removeEventListener('popstate', onPopState);
  }

  go(address: string): void {
    if (address !== this.#address) this.target.history.pushState({}, '', address);
    this.#read();
  }

  /** Show another view in place of this one, which is gone. */
  replace(address: string): void {
    this.target.history.replaceState({}, '', address);
    this.#read();
  }

  /** Open a photo on top of the view, or on top of another photo of it. */
  openPhoto(id: string): void {
    const before = this.target.history.state as HistoryState | null;
    const state: HistoryState = { below: this.#below };
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
    const state = this.target.history.state as HistoryState | null;
    this.#closing = true;
    if (state?.opened) this.target.history.go(-state.opened);
    else this.go(this.#below);
  }

  #read(): void {
    const { location, history } = this.target;
    this.#closing = false;
    this.#address = location.pathname + location.search;
    const below = (history.state as HistoryState | null)?.below ?? '/';
    this.#below = parsePhotoId(this.#address) === null ? this.#address : below;
  }
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
  return match?.[1] ? decodeURIComponent(match[1]) : null;
}

export function parseView(address: string): View {
  const [path = '/', search = ''] = address.split('?');
  const failures = FAILURES_PATH.exec(path);
  if (failures?.[1]) return { name: 'failures', jobId: decodeURIComponent(failures[1]) };
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
    default:
      return { name: 'timeline' };
  }
}
