import type { Store } from './browser-storage';

/** What the access token says about who is signed in. */
export interface Claims {
  user_id: number;
  name: string;
  is_admin: boolean;
  /** Issued and expiring at, in Unix seconds of the server's clock. */
  iat: number;
  exp: number;
}

export interface Tokens {
  access: string;
  refresh?: string;
}

const REFRESH_KEY = 'librephotos.refresh';
/** A token is renewed after this share of its life, so that no request meets a dead one. */
const FRESH_SHARE = 0.8;

/** How the last visit ended, where nobody here ended it; `unsaved` lost what was being done. */
export type Ending = 'none' | 'ended' | 'unsaved';

/** Who is signed in. The access token lives in memory only, the refresh token in storage. */
export class Session {
  claims = $state.raw<Claims | null>(null);
  /** For whoever looks at the page next; they take it back to `none`. */
  ending = $state<Ending>('none');
  access = '';
  #freshUntil = 0;
  #signIn: () => void = () => undefined;

  constructor(private readonly storage: Store) {}

  get refresh(): string {
    return this.storage.getItem(REFRESH_KEY) ?? '';
  }

  /** The access token has run out or soon will, by the time since it came. */
  get isAgeing(): boolean {
    return Date.now() >= this.#freshUntil;
  }

  accept(tokens: Tokens): void {
    this.access = tokens.access;
    if (tokens.refresh) this.storage.setItem(REFRESH_KEY, tokens.refresh);
    this.claims = decodeClaims(tokens.access);
    const life = (this.claims.exp - this.claims.iat) * 1000;
    this.#freshUntil = Date.now() + life * FRESH_SHARE;
  }

  /** Whether a user is signed in here and, by what all tabs share, still in this browser. */
  isOf(user: number | null): boolean {
    if (user === null || this.claims?.user_id !== user || this.refresh === '') return false;
    const owner = ownerOf(this.refresh);
    return owner === null || owner === user;
  }

  /** Sign out, here and in all tabs. */
  clear(): void {
    this.#forget();
    this.storage.removeItem(REFRESH_KEY);
  }

  /** The server has ended the visit. */
  end(): void {
    if (this.claims !== null && this.ending === 'none') this.ending = 'ended';
    this.clear();
  }

  /** Be who the browser's other tabs are: signed out, or in as somebody else. */
  follow(): void {
    if (this.claims !== null && !this.isOf(this.claims.user_id)) {
      if (this.ending === 'none') this.ending = 'ended';
      // What the tabs share is another's by now, and stays.
      this.#forget();
    }
    if (this.claims === null && this.refresh !== '') this.#signIn();
  }

  /** Follow the other tabs, also after a rest of this one; returns the way to stop. */
  followOtherTabs(target: Window, signIn: () => void): () => void {
    const follow = (): void => this.follow();
    this.#signIn = signIn;
    const events = ['storage', 'pageshow', 'focus'];
    for (const event of events) target.addEventListener(event, follow);
    target.document.addEventListener('visibilitychange', follow);
    return () => {
      for (const event of events) target.removeEventListener(event, follow);
      target.document.removeEventListener('visibilitychange', follow);
    };
  }

  #forget(): void {
    this.access = '';
    this.claims = null;
  }
}

/** Whose a refresh token is; null where it does not tell. */
function ownerOf(refresh: string): number | null {
  try {
    return decodeClaims(refresh).user_id ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return null;
    throw error;
  }
}

/** The claims of a JSON web token, unverified: the server is who checks them. */
export function decodeClaims(token: string): Claims {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
