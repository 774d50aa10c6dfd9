/** Tops of stacked blocks whose heights change now and then; sums are rebuilt on demand. */
export class Offsets {
  #heights: Float64Array;
  #tops: Float64Array;
  /** Tops at and before this index are up to date. */
  #valid = 0;

  constructor(heights: number[] = []) {
    this.#heights = Float64Array.from(heights);
    this.#tops = new Float64Array(heights.length + 1);
  }

  get total(): number {
    return this.top(this.#heights.length);
  }

  height(index: number): number {
    return this.#heights[index] ?? 0;
  }

  top(index: number): number {
    for (let i = this.#valid; i < index; i += 1) {
      this.#tops[i + 1] = (this.#tops[i] ?? 0) + (this.#heights[i] ?? 0);
    }
    this.#valid = Math.max(this.#valid, index);
    return this.#tops[index] ?? 0;
  }

  set(index: number, height: number): void {
    this.#heights[index] = height;
    this.#valid = Math.min(this.#valid, index);
  }

  /** The block that covers `offset`; the first or last one outside the range, -1 when empty. */
  at(offset: number): number {
    let low = 0;
    let high = this.#heights.length - 1;
    this.top(this.#heights.length);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return high;
  }
}
