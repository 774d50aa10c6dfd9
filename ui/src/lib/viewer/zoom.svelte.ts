import type { Frame } from './frame';

export interface Point {
  x: number;
  y: number;
}

interface Size {
  width: number;
  height: number;
}

const LEAST_MOST = 4;
/** How far an original may be enlarged, in CSS pixels of the stage for one of its own. */
const PIXEL = 2;
/** What a step of the keys and buttons, and a double click, multiply by. */
const STEP = 1.5;
export const DOUBLE = 2.5;

/** How much of a picture is shown: 1 is the whole of it, fitted into the stage. */
export class Zoom {
  scale = $state(1);
  /** By how much the picture's middle is away from the stage's, in CSS pixels. */
  #shift = $state.raw<Point>({ x: 0, y: 0 });
  #stage: Size = { width: 0, height: 0 };
  #fitted: Size = { width: 0, height: 0 };
  #most = LEAST_MOST;

  get x(): number {
    return this.#shift.x;
  }

  get y(): number {
    return this.#shift.y;
  }

  get isZoomed(): boolean {
    return this.scale > 1;
  }

  /** The sizes of the stage and of the whole picture upon it, and the original's width. */
  resize(stage: Size, fitted: Size, originalWidth: number): void {
    this.#stage = stage;
    this.#fitted = fitted;
    const pixels = fitted.width > 0 ? originalWidth / fitted.width : 0;
    this.#most = Math.max(LEAST_MOST, pixels * PIXEL);
    this.#set(this.scale, this.#shift);
  }

  /** Enlarge to a scale while what is at a point of the stage (from its middle) stays there. */
  to(scale: number, at: Point = { x: 0, y: 0 }): void {
    const next = Math.min(this.#most, Math.max(1, scale));
    const grown = next / this.scale;
    const { x, y } = this.#shift;
    this.#set(next, { x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown });
  }

  step(direction: 1 | -1): void {
    this.to(this.scale * STEP ** direction);
  }

  /** Between the whole picture and a part of it. */
  toggle(at: Point): void {
    this.to(this.isZoomed ? 1 : DOUBLE, at);
  }

  pan(dx: number, dy: number): void {
    this.#set(this.scale, { x: this.#shift.x + dx, y: this.#shift.y + dy });
  }

  reset(): void {
    this.to(1);
  }

  /** The frame of the whole picture as it stands now. */
  frame(fitted: Frame): Frame {
    const { stage } = fitted;
    const width = fitted.width * this.scale;
    const height = fitted.height * this.scale;
    return {
      left: (stage.width - width) / 2 + this.x,
      top: (stage.height - height) / 2 + this.y,
      width,
      height,
      scale: fitted.scale * this.scale,
      stage,
    };
  }

  /** The picture never leaves the stage: no gap beside it, unless it is smaller. */
  #set(scale: number, shift: Point): void {
    const inside = (value: number, picture: number, stage: number): number => {
      const most = Math.max(0, (picture * scale - stage) / 2);
      return Math.min(most, Math.max(-most, value));
    };
    this.scale = scale;
    this.#shift = {
      x: inside(shift.x, this.#fitted.width, this.#stage.width),
      y: inside(shift.y, this.#fitted.height, this.#stage.height),
    };
  }
}
