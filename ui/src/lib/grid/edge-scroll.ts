const STEP_PX = 14;
const EVERY_MS = 32;

/** Scrolls a view while what is dragged is held within `edge` pixels of its top or bottom. */
export class EdgeScroll {
  #scrolling: ReturnType<typeof setInterval> | undefined;

  /** `onscroll` is told each time that something else has come under the pointer. */
  constructor(
    private readonly view: HTMLElement,
    private readonly edge: number,
    private readonly onscroll: () => void,
  ) {}

  /** The pointer is at this height of the window now. */
  at(y: number): void {
    this.stop();
    const { top, bottom } = this.view.getBoundingClientRect();
    const direction = y < top + this.edge ? -1 : y > bottom - this.edge ? 1 : 0;
    if (direction === 0) return;
    this.#scrolling = setInterval(() => {
      this.view.scrollTop += direction * STEP_PX;
      this.onscroll();
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#scrolling);
  }
}
