import { EdgeScroll } from './edge-scroll';

/** What a mouse does that drags photos to another place. */
export interface ArrangeHooks {
  /** It has begun to drag this photo. */
  onbegin: (id: string) => void;
  /** It is beside a photo: before it, or behind it. */
  onover: (place: PlaceBeside) => void;
  /** It has let go where it was last; or `isDropped` is false, and nothing is to be moved. */
  onend: (isDropped: boolean) => void;
}

/** A side of a photo, and where it is drawn: in pixels of the window. */
export interface PlaceBeside {
  id: string;
  isBehind: boolean;
  x: number;
  top: number;
  height: number;
}

const SLACK_PX = 8;
const EDGE_PX = 56;

/** Have a mouse drag the photos of `view`. Fingers scroll, and have a button for it. */
export function dragArrange(hooks: ArrangeHooks): (view: HTMLElement) => () => void {
  return (view) => {
    let begun: { id: string; x: number; y: number } | null = null;
    let isDragging = false;
    let at = { x: 0, y: 0 };

    const tileAt = (x: number, y: number): HTMLElement | null => {
      const tile = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-photo-id]');
      return tile && view.contains(tile) ? tile : null;
    };

    const over = (): void => {
      const tile = tileAt(at.x, at.y);
      if (!tile) return;
      const { left, right, top, height } = tile.getBoundingClientRect();
      const isBehind = at.x > (left + right) / 2;
      const x = isBehind ? right : left;
      hooks.onover({ id: tile.dataset.photoId ?? '', isBehind, x, top, height });
    };

    const edge = new EdgeScroll(view, EDGE_PX, over);

    const end = (isDropped: boolean): void => {
      edge.stop();
      begun = null;
      if (!isDragging) return;
      isDragging = false;
      hooks.onend(isDropped);
    };

    const onDown = (event: PointerEvent): void => {
      const tile = tileAt(event.clientX, event.clientY);
      const isPlain = event.pointerType === 'mouse' && event.button === 0 && !event.shiftKey;
      const isPhoto = event.target instanceof Element && event.target.closest('button') === null;
      if (!tile || !isPlain || !isPhoto) return;
      begun = { id: tile.dataset.photoId ?? '', x: event.clientX, y: event.clientY };
    };

    const onMove = (event: PointerEvent): void => {
      if (!begun) return;
      at = { x: event.clientX, y: event.clientY };
      if (!isDragging) {
        if (Math.hypot(at.x - begun.x, at.y - begun.y) <= SLACK_PX) return;
        isDragging = true;
        hooks.onbegin(begun.id);
      }
      over();
      edge.at(at.y);
    };

    const onUp = (): void => {
      if (isDragging) {
        // The click that follows would open a photo.
        const swallow = (click: Event): void => {
          click.preventDefault();
          click.stopPropagation();
        };
        window.addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
      }
      end(true);
    };

    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !isDragging) return;
      event.preventDefault();
      event.stopPropagation();
      end(false);
    };

    const onCancel = (): void => end(false);
    /** Of links, which the browser would drag itself. */
    const onDragStart = (event: Event): void => event.preventDefault();

    view.addEventListener('pointerdown', onDown);
    view.addEventListener('dragstart', onDragStart);
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', onCancel);
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      end(false);
      view.removeEventListener('pointerdown', onDown);
      view.removeEventListener('dragstart', onDragStart);
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', onCancel);
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  };
}
