/** A short message about what was done, with a way back where there is one. */
export interface Toast {
  key: number;
  message: string;
  isProblem: boolean;
  undo: (() => Promise<void>) | null;
}

/** The messages shown at the foot of the page, the newest last. */
export class Toasts {
  shown = $state.raw<Toast[]>([]);
  /** The one that somebody is at, which no newer one takes the place of. */
  kept: Toast | null = null;
  #lastKey = 0;

  /** Say what was done; with `undo` a button takes it back. */
  say(message: string, undo: Toast['undo'] = null): void {
    this.#add({ message, isProblem: false, undo });
  }

  complain(message: string): void {
    this.#add({ message, isProblem: true, undo: null });
  }

  /** Who signs in next is not told of what another did. */
  clear(): void {
    this.shown = [];
  }

  dismiss(toast: Toast): void {
    this.shown = this.shown.filter((other) => other.key !== toast.key);
  }

  #add(content: Omit<Toast, 'key'>): void {
    this.#lastKey += 1;
    const toast = { key: this.#lastKey, ...content };
    const all = [...this.shown, toast];
    this.shown = all.filter((one, index) => one === this.kept || index >= all.length - 2);
  }
}
