/** What is kept for all tabs of a browser. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * The browser's storage, or this tab's memory where that is full or forbidden: a visit
 * then ends with the tab, but it begins.
 */
export class BrowserStorage implements Store {
  readonly #memory = new Map<string, string>();

  /** `storage` raises where the browser forbids it. */
  constructor(private readonly storage: () => Store) {}

  getItem(key: string): string | null {
    return this.#memory.get(key) ?? this.#attempt((storage) => storage.getItem(key)) ?? null;
  }

  setItem(key: string, value: string): void {
    const isKept = this.#attempt((storage) => {
      storage.setItem(key, value);
      return true;
    });
    // What was there before is not for other tabs to go on with.
    if (!isKept) this.removeItem(key);
    if (isKept) this.#memory.delete(key);
    else this.#memory.set(key, value);
  }

  removeItem(key: string): void {
    this.#memory.delete(key);
    this.#attempt((storage) => storage.removeItem(key));
  }

  #attempt<Result>(act: (storage: Store) => Result): Result | undefined {
    try {
      return act(this.storage());
    } catch (error) {
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  }
}
