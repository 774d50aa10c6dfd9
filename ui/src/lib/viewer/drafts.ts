/**
 * Captions that are being written, each for its author and photo. They live as long as the
 * tab, over reloads too: neither these nor a visit that ends take anybody's words away, nor
 * show them to anybody else.
 */
export class Drafts {
  /** What the store does not take, such as when it is full, lives until a reload. */
  readonly #texts = new Map<string, string>();
  readonly #store: Storage | null;

  constructor(store: Storage | null) {
    this.#store = store;
  }

  of(author: number, photo: string): string | null {
    const key = keyOf(author, photo);
    return this.#texts.get(key) ?? this.#store?.getItem(key) ?? null;
  }

  keep(author: number, photo: string, text: string): void {
    const key = keyOf(author, photo);
    this.#texts.set(key, text);
    try {
      this.#store?.setItem(key, text);
    } catch {
      this.#store?.removeItem(key);
    }
  }

  drop(author: number, photo: string): void {
    const key = keyOf(author, photo);
    this.#texts.delete(key);
    this.#store?.removeItem(key);
  }
}

/** Return the store of this tab, or null where the browser has none for us. */
export function tabStore(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function keyOf(author: number, photo: string): string {
  return `caption/${author}/${photo}`;
}
