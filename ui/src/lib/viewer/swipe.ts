export type Swipe = 'left' | 'right' | 'down';

const SHORTEST = 48;

/** An attachment that reports swipes of one finger; pinching is the browser's. */
export function swipes(onswipe: (direction: Swipe) => void): (element: HTMLElement) => () => void {
  return (element) => {
    let start: { x: number; y: number } | null = null;
    const onStart = (event: TouchEvent): void => {
      const touch = event.touches[0];
      const single = event.touches.length === 1 && touch !== undefined;
      start = single ? { x: touch.clientX, y: touch.clientY } : null;
    };
    const onEnd = (event: TouchEvent): void => {
      const touch = event.changedTouches[0];
      const zoomed = (window.visualViewport?.scale ?? 1) > 1.05;
      if (!start || !touch || zoomed) return;
      const direction = directionOf(touch.clientX - start.x, touch.clientY - start.y);
      start = null;
      if (direction) onswipe(direction);
    };
    element.addEventListener('touchstart', onStart, { passive: true });
    element.addEventListener('touchend', onEnd, { passive: true });
    return () => {
      element.removeEventListener('touchstart', onStart);
      element.removeEventListener('touchend', onEnd);
    };
  };
}

export function directionOf(dx: number, dy: number): Swipe | null {
  if (Math.abs(dx) >= SHORTEST && Math.abs(dx) > 1.4 * Math.abs(dy)) {
    return dx < 0 ? 'left' : 'right';
  }
  return dy >= SHORTEST * 1.6 && dy > 1.4 * Math.abs(dx) ? 'down' : null;
}
