import type { Router } from '../routing/router.svelte';
import { beginIn } from './focus-keeper';

const PAUSE_MS = 150;

/**
 * An attachment for what scrolls a view: keys scroll it, and it is found where it was left,
 * once it is tall enough.
 */
export function keepsPlace(router: Router): (element: HTMLElement) => () => void {
  return (element) => {
    element.tabIndex = -1;
    element.dataset['scrolls'] = '';
    beginIn(element);
    let wanted = router.place.scrolled ?? 0;
    let pause: ReturnType<typeof setTimeout> | undefined;

    const restore = (): void => {
      if (wanted === 0) return;
      element.scrollTop = wanted;
      if (element.scrollTop >= wanted - 1) wanted = 0;
    };
    const giveUp = (): void => void (wanted = 0);
    const save = (): void => router.remember({ scrolled: element.scrollTop });
    const onScroll = (): void => {
      if (wanted !== 0) return;
      clearTimeout(pause);
      pause = setTimeout(save, PAUSE_MS);
    };

    const observer = new MutationObserver(restore);
    observer.observe(element, { childList: true, subtree: true });
    const hands = ['wheel', 'pointerdown', 'keydown'];
    for (const hand of hands) element.addEventListener(hand, giveUp, { passive: true });
    element.addEventListener('scroll', onScroll, { passive: true });
    const stopKeeping = router.keeping(() => void (wanted === 0 && save()));
    restore();
    return () => {
      stopKeeping();
      clearTimeout(pause);
      observer.disconnect();
      for (const hand of hands) element.removeEventListener(hand, giveUp);
      element.removeEventListener('scroll', onScroll);
    };
  };
}
