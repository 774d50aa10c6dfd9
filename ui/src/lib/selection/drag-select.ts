import { EdgeScroll } from '../grid/edge-scroll';

/** What a finger does to a selection: it rests on a photo, and then wanders over others. */
export interface DragHooks {
  /** It has rested on a photo: the selection begins there. */
  onbegin: (id: string) => void;
  /** It is over a photo now. */
  onover: (id: string) => void;
  onend: () => void;
}

const REST_MS = 420;
const SLACK_PX = 10;
const EDGE_PX = 72;

/** Have a finger that rests on a photo of `view` select, and go on selecting as it moves. */
export function dragSelect(hooks: DragHooks): (view: HTMLElement) => () => void {
  return (view) => {
    let resting: ReturnType<typeof setTimeout> | undefined;
    let start: { x: number; y: number } | null = null;
    let at = { x: 0, y: 0 };
    let isDragging = false;

    const photoAt = (x: number, y: number): string | null => {
      const tile = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-photo-id]');
      return (tile && view.contains(tile) && tile.dataset.photoId) || null;
    };

    const over = (): void => {
      const id = photoAt(at.x, at.y);
      if (id !== null) hooks.onover(id);
    };

    const edge = new EdgeScroll(view, EDGE_PX, over);

    const stop = (): void => {
      clearTimeout(resting);
      edge.stop();
      start = null;
    };

    const onStart = (event: TouchEvent): void => {
      stop();
      const touch = event.touches[0];
      if (event.touches.length !== 1 || !touch) return;
      const id = photoAt(touch.clientX, touch.clientY);
      if (id === null) return;
      start = at = { x: touch.clientX, y: touch.clientY };
      resting = setTimeout(() => {
        isDragging = true;
        navigator.vibrate?.(10);
        hooks.onbegin(id);
      }, REST_MS);
    };

    const onMove = (event: TouchEvent): void => {
      const touch = event.touches[0];
      if (!touch || !start) return;
      at = { x: touch.clientX, y: touch.clientY };
      if (!isDragging) {
        if (Math.hypot(at.x - start.x, at.y - start.y) > SLACK_PX) stop();
        return;
      }
      event.preventDefault(); // it would scroll
      over();
      edge.at(at.y);
    };

    const onEnd = (event: TouchEvent): void => {
      if (isDragging) {
        event.preventDefault(); // the finger's click would take the photo out again
        hooks.onend();
      }
      isDragging = false;
      stop();
    };

    /** A finger that rests opens the menu of a link. */
    const onMenu = (event: Event): void => {
      if (start !== null || isDragging) event.preventDefault();
    };

    const options = { passive: false };
    view.addEventListener('touchstart', onStart, { passive: true });
    view.addEventListener('touchmove', onMove, options);
    view.addEventListener('touchend', onEnd, options);
    view.addEventListener('touchcancel', onEnd, options);
    view.addEventListener('contextmenu', onMenu);
    return () => {
      stop();
      view.removeEventListener('touchstart', onStart);
      view.removeEventListener('touchmove', onMove);
      view.removeEventListener('touchend', onEnd);
      view.removeEventListener('touchcancel', onEnd);
      view.removeEventListener('contextmenu', onMenu);
    };
  };
}
