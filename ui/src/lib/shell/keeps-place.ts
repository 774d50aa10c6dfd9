import type { Router } from '../routing/router.svelte';
import { beginIn, FOCUSABLE } from './focus-keeper';

const PAUSE_MS = 150;

/**
 * An attachment for what scrolls a view: keys scroll it, and it is found where it was left,
 * once it is tall enough.
 */
export function keepsPlace(router: Router): (element: HTMLElement) => () => void {
  return (element) => {
    element.dataset['scrolls'] = '';
    element.tabIndex = -1;
    beginIn(element);
    let wanted = router.place.scrolled ?? 0;
    let pause: ReturnType<typeof setTimeout> | undefined;

    /** Where there is nothing else to go to, Tab leads here. */
    const beReachable = (): void => {
      element.tabIndex = element.querySelector(FOCUSABLE) ? -1 : 0;
    };
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

    const observer = new MutationObserver(() => {
      beReachable();
      restore();
    });
    observer.observe(element, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    const hands = ['wheel', 'pointerdown', 'keydown'];
    for (const hand of hands) element.addEventListener(hand, giveUp, { passive: true });
    element.addEventListener('scroll', onScroll, { passive: true });
    const stopKeeping = router.keeping(() => void (wanted === 0 && save()));
    beReachable();
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
