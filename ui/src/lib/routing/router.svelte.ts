/** A view of the library, without what may be open on top of it. */
export type View =
  | { name: 'timeline' }
  | { name: 'favourites' }
  | { name: 'hidden' }
  | { name: 'trash' }
  | { name: 'recent' }
  | { name: 'problems' }
  | { name: 'search'; text: string }
  | { name: 'failures'; jobId: string };

interface HistoryState {
  /** Address of the view below an open photo. */
  below?: string;
  /** The photo was opened from that view, so going back closes it. */
  opened?: boolean;
}

const PHOTO_PATH = /^\/photo\/([^/]+)\/?$/;
const FAILURES_PATH = /^\/failures\/([^/]+)\/?$/;

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

  openPhoto(id: string): void {
    const state: HistoryState = { below: this.#below, opened: true };
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
    if (state?.opened) this.target.history.back();
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
    case '/search':
      return { name: 'search', text: new URLSearchParams(search).get('q') ?? '' };
    default:
      return { name: 'timeline' };
  }
}
