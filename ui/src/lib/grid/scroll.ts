/**
 * Browsers clamp element heights (Chrome at 16,777,216 device pixels at two device pixels
 * per CSS pixel, Firefox near 17.8 million), so the scrolled element stays well below.
 */
const TALLEST = 8_000_000;
/** Near both ends one pixel of scrollbar is one pixel of content. */
const EDGE = 1_000_000;
/** A step of more than this many viewports is a jump of the scrollbar, not a stroke. */
const STROKE_VIEWPORTS = 2;

/** Maps the scrollbar's position to an offset in content of any height, and back. */
export class ScrollMap {
  readonly elementHeight: number;
  readonly lastVirtual: number;
  readonly lastPhysical: number;

  constructor(contentHeight: number, viewport: number) {
    this.elementHeight = Math.min(contentHeight, TALLEST);
    this.lastVirtual = Math.max(0, contentHeight - viewport);
    this.lastPhysical = Math.max(0, this.elementHeight - viewport);
  }

  toVirtual(physical: number): number {
    return stretch(physical, this.lastPhysical, this.lastVirtual);
  }

  toPhysical(virtual: number): number {
    return stretch(virtual, this.lastVirtual, this.lastPhysical);
  }
}

/** Piecewise linear from [0, from] to [0, to], with slope one at both ends. */
function stretch(value: number, from: number, to: number): number {
  const clamped = Math.min(from, Math.max(0, value));
  if (from === to || clamped <= EDGE) return Math.min(to, clamped);
  if (clamped >= from - EDGE) return Math.max(0, to - (from - clamped));
  return EDGE + ((clamped - EDGE) * (to - 2 * EDGE)) / (from - 2 * EDGE);
}

/**
 * The offset of the view in the content. Small scroll steps move it one to one; jumps are
 * mapped. Content above the view may grow without the view moving: the two positions then
 * drift apart until `settled` says where the scrollbar belongs.
 */
export class VirtualScroll {
  top = 0;
  physical = 0;
  #map = new ScrollMap(0, 0);
  #viewport = 0;

  get elementHeight(): number {
    return this.#map.elementHeight;
  }

  /** What to subtract from a content offset to get its place in the scrolled element. */
  get base(): number {
    return this.top - this.physical;
  }

  get lastTop(): number {
    return this.#map.lastVirtual;
  }

  resize(contentHeight: number, viewport: number): void {
    this.#map = new ScrollMap(contentHeight, viewport);
    this.#viewport = viewport;
    this.top = Math.min(this.top, this.#map.lastVirtual);
  }

  /** The element was scrolled; returns by how much the content moved. */
  scrolledTo(physical: number): number {
    const step = physical - this.physical;
    const before = this.top;
    const isStroke = Math.abs(step) <= this.#viewport * STROKE_VIEWPORTS;
    this.physical = physical;
    this.top = isStroke ? this.#clamp(before + step) : this.#map.toVirtual(physical);
    return this.top - before;
  }

  moveTo(top: number): void {
    this.top = this.#clamp(top);
  }

  /** Where the scrollbar belongs for the present view. */
  settled(): number {
    return this.#map.toPhysical(this.top);
  }

  /** Whether the scrollbar is about to hit an end that the content has not reached. */
  needsSettling(): boolean {
    const room = this.#viewport * STROKE_VIEWPORTS;
    const drift = Math.abs(this.settled() - this.physical);
    const nearEnd = this.physical < room || this.physical > this.#map.lastPhysical - room;
    return drift >= 1 && nearEnd;
  }

  #clamp(top: number): number {
    return Math.min(this.#map.lastVirtual, Math.max(0, top));
  }
}
