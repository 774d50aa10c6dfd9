import { SvelteSet } from 'svelte/reactivity';

/** The faces that are selected, by number. */
export class Selection {
  readonly ids = new SvelteSet<number>();
  /** Where the last one was selected or taken out: ranges reach from there. */
  #anchor: number | null = null;

  get size(): number {
    return this.ids.size;
  }

  list(): number[] {
    return [...this.ids];
  }

  toggle(id: number): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchor = id;
  }

  /** Select all from the last one to this one, in the order in which they are shown. */
  extend(id: number, shown: readonly number[]): void {
    const from = this.#anchor === null ? -1 : shown.indexOf(this.#anchor);
    const to = shown.indexOf(id);
    if (from < 0 || to < 0) return this.toggle(id);
    for (const each of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) this.ids.add(each);
  }

  select(ids: Iterable<number>): void {
    for (const id of ids) this.ids.add(id);
  }

  /** Forget those that are no longer shown. */
  keep(shown: ReadonlySet<number>): void {
    for (const id of this.ids) if (!shown.has(id)) this.ids.delete(id);
  }

  clear(): void {
    this.ids.clear();
    this.#anchor = null;
  }
}
