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

/** Who is signed in. The access token lives in memory only, the refresh token in storage. */
export class Session {
  claims = $state.raw<Claims | null>(null);
  access = '';
  #freshUntil = 0;

  constructor(private readonly storage: Storage) {}

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

  clear(): void {
    this.access = '';
    this.storage.removeItem(REFRESH_KEY);
    this.claims = null;
  }

  /** Sign out here when another tab of this browser did, and in; returns the way to stop. */
  followOtherTabs(target: Window, signIn: () => void): () => void {
    const onStorage = (event: StorageEvent): void => {
      if (event.key !== REFRESH_KEY) return;
      if (event.newValue === null) this.clear();
      else if (this.claims === null) signIn();
    };
    target.addEventListener('storage', onStorage);
    return () => target.removeEventListener('storage', onStorage);
  }
}

/** The claims of a JSON web token, unverified: the server is who checks them. */
export function decodeClaims(token: string): Claims {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
