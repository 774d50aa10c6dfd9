import { Gesture } from '@use-gesture/vanilla';
import type { Point, Zoom } from './zoom.svelte';

export type Swipe = 'left' | 'right' | 'down';

export interface GestureHooks {
  zoom: Zoom;
  /** False where nothing can be enlarged, a video for example. */
  zooms: () => boolean;
  /** Whether a place takes pointers itself. */
  isTaken: (target: EventTarget | null) => boolean;
  /** A finger moves the whole picture by so much, or has let go of it (0, 0). */
  onfollow: (dx: number, dy: number) => void;
  onswipe: (direction: Swipe) => void;
  /** A finger has tapped: once for a tap, twice for a double one. */
  ontap: () => void;
}

/** A swipe is this share of the stage, or this fast (CSS pixels a millisecond). */
const SWIPED_SHARE = 0.22;
const FAST = 0.4;
const FAST_PIXELS = 24;
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_PIXELS = 32;
const WHEEL_SHARE = 0.0022;
/** A wheel turned with Ctrl is two fingers on a touchpad, whose steps are smaller. */
const PINCH_SHARE = 0.01;
const LINE = 16;

/** An attachment: wheel, double click, pinch and drag zoom; a finger turns the page. */
export function gestures(hooks: GestureHooks): (stage: HTMLElement) => () => void {
  const { zoom } = hooks;
  return (stage) => {
    let lastTap = { at: -Infinity, x: 0, y: 0 };
    let byTouch = false;

    const fromMiddle = (x: number, y: number): Point => {
      const area = stage.getBoundingClientRect();
      return { x: x - area.left - area.width / 2, y: y - area.top - area.height / 2 };
    };

    const onTap = (event: PointerEvent): void => {
      const { timeStamp: at, clientX: x, clientY: y } = event;
      const isNear = Math.hypot(x - lastTap.x, y - lastTap.y) < DOUBLE_TAP_PIXELS;
      const isDouble = at - lastTap.at < DOUBLE_TAP_MS && isNear;
      lastTap = { at: isDouble ? -Infinity : at, x, y };
      if (isDouble && hooks.zooms()) zoom.toggle(fromMiddle(x, y));
      hooks.ontap();
    };

    const onWheel = (event: WheelEvent): void => {
      if (!hooks.zooms() || hooks.isTaken(event.target)) return;
      event.preventDefault();
      const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      const factor = Math.exp(-turned * (event.ctrlKey ? PINCH_SHARE : WHEEL_SHARE));
      zoom.to(zoom.scale * factor, fromMiddle(event.clientX, event.clientY));
    };

    const onDoubleClick = (event: MouseEvent): void => {
      if (byTouch || !hooks.zooms() || hooks.isTaken(event.target)) return;
      zoom.toggle(fromMiddle(event.clientX, event.clientY));
    };

    const recognizer = new Gesture(
      stage,
      {
        onDrag: ({ event, last, tap, pinching, cancel, delta, movement, axis, velocity }) => {
          const pointer = event as PointerEvent;
          byTouch = pointer.pointerType === 'touch';
          if (pinching || hooks.isTaken(pointer.target)) return cancel();
          if (tap) return byTouch ? onTap(pointer) : undefined;
          if (zoom.isZoomed) return zoom.pan(delta[0], delta[1]);
          if (pointer.pointerType === 'mouse' || pointer.type === 'pointercancel')
            return hooks.onfollow(0, 0);
          const [dx, dy] = axis === 'y' ? [0, Math.max(0, movement[1])] : [movement[0], 0];
          if (!last) return hooks.onfollow(dx, dy);
          const swipe = swipeOf({ x: dx, y: dy }, velocity, stage);
          hooks.onfollow(0, 0);
          if (swipe) hooks.onswipe(swipe);
        },
        onPinch: ({ offset, origin, first, memo }) => {
          if (!hooks.zooms()) return undefined;
          const at = fromMiddle(origin[0], origin[1]);
          const before = first ? at : ((memo as Point | undefined) ?? at);
          zoom.to(offset[0], at);
          zoom.pan(at.x - before.x, at.y - before.y);
          return at;
        },
      },
      {
        drag: { filterTaps: true, pointer: { keys: false } },
        pinch: { pinchOnWheel: false, from: () => [zoom.scale, 0] },
      },
    );
    stage.addEventListener('wheel', onWheel, { passive: false });
    stage.addEventListener('dblclick', onDoubleClick);
    return () => {
      recognizer.destroy();
      stage.removeEventListener('wheel', onWheel);
      stage.removeEventListener('dblclick', onDoubleClick);
    };
  };
}

/** What a finger meant that moved so far (CSS pixels) and ended so fast (pixels a ms). */
export function swipeOf(
  moved: Point,
  velocity: readonly [number, number],
  stage: { clientWidth: number; clientHeight: number },
): Swipe | null {
  const isFar = (distance: number, length: number, speed: number): boolean =>
    distance > length * SWIPED_SHARE || (speed > FAST && distance > FAST_PIXELS);
  if (isFar(Math.abs(moved.x), stage.clientWidth, velocity[0]))
    return moved.x < 0 ? 'left' : 'right';
  return isFar(moved.y, stage.clientHeight, velocity[1]) ? 'down' : null;
}
