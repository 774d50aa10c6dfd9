export const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)';

/** How an element is known again in what takes its place. */
function likenessOf(element: Element): string {
  const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
  return `${element.tagName}/${element.getAttribute('role') ?? ''}/${name}`;
}

/** Where a view begins: its grid, what scrolls in it, or all of it. */
export function homeOf(main: HTMLElement): HTMLElement {
  return main.querySelector<HTMLElement>('[data-focus-home], [data-scrolls]') ?? main;
}

/**
 * Have keys act on a view that was just chosen, wherever it was chosen; not if somebody types,
 * or chose it within the view.
 */
export function goInto(main: HTMLElement): void {
  const { activeElement } = main.ownerDocument;
  const isBusy = activeElement?.matches('input, textarea, main *') ?? false;
  if (!isBusy) homeOf(main).focus({ preventScroll: true });
}

/** Have keys act on a part of the view once it is there, unless something else has the focus by then. */
export function beginIn(home: HTMLElement): void {
  const { activeElement } = home.ownerDocument;
  if (activeElement === null || activeElement.matches('body, main'))
    home.focus({ preventScroll: true });
}

/**
 * Keep the focus on the page: where the focused element is taken away, the next one that is
 * like it gets the focus, or else the next there is; never the body, from where Tab would
 * begin anew. Returns the way to stop.
 */
export function keepFocus(page: Document): () => void {
  let last: HTMLElement | null = null;
  let likeness = '';

  const onFocusIn = (event: FocusEvent): void => {
    last = event.target instanceof HTMLElement ? event.target : null;
    likeness = last ? likenessOf(last) : '';
  };

  /** Who leaves an element of their own accord is not sent back to it. */
  const onFocusOut = ({ target, relatedTarget }: FocusEvent): void => {
    // On its way elsewhere, even if what it leaves is closed by that.
    if (relatedTarget) last = null;
    queueMicrotask(() => {
      const isUsable =
        target instanceof HTMLElement && target.isConnected && !target.matches(':disabled');
      if (isUsable && target === last && page.activeElement !== target) last = null;
    });
  };

  const onChanges = (changes: MutationRecord[]): void => {
    const gone = last;
    if (!gone || (page.activeElement !== page.body && page.activeElement !== null)) return;
    if (gone.isConnected) {
      // It was switched off while it was busy.
      if (!gone.matches(':disabled')) gone.focus({ preventScroll: true });
      return;
    }
    const change = changes.findLast(({ removedNodes }) =>
      [...removedNodes].some((node) => node.contains(gone)),
    );
    if (!change) return;
    const place =
      change.target instanceof Element && change.target.isConnected ? change.target : null;
    heir(change, place, likeness, isBeingWritten(gone), page)?.focus({ preventScroll: true });
  };

  const observer = new MutationObserver(onChanges);
  observer.observe(page.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  page.addEventListener('focusin', onFocusIn);
  // Before anybody closes what the focus leaves.
  page.addEventListener('focusout', onFocusOut, true);
  return () => {
    observer.disconnect();
    page.removeEventListener('focusin', onFocusIn);
    page.removeEventListener('focusout', onFocusOut, true);
  };
}

/** Whether more is likely to be typed into it. */
function isBeingWritten(field: HTMLElement): boolean {
  return field.matches('input, textarea') && (field as HTMLInputElement).value !== '';
}

function heir(
  { nextSibling, previousSibling, removedNodes }: MutationRecord,
  place: Element | null,
  likeness: string,
  isHalfWritten: boolean,
  page: Document,
): HTMLElement | null {
  const home = place?.closest<HTMLElement>('[data-focus-home]');
  if (home) return home;
  // Of a list, what followed is next; of anything else, what stands there now.
  const isEntry = [...removedNodes].some(
    (node) => node instanceof Element && node.matches('li, tr'),
  );
  const main = page.querySelector<HTMLElement>('main');
  // The rest of a name is none for the next one.
  if (isEntry && isHalfWritten) return main && homeOf(main);
  const beside = isEntry ? [elementAt(nextSibling, 1), elementAt(previousSibling, -1)] : [];
  for (const near of beside) {
    const found = near && alike(near, likeness);
    if (found) return found;
  }
  for (let around = place; around && around !== page.body; around = around.parentElement) {
    // Another page altogether begins with what it is about.
    if (main && around !== main && around.contains(main)) break;
    const found = alike(around, likeness);
    if (found) return found;
    if (around.matches('dialog')) return around as HTMLElement;
  }
  return main && homeOf(main);
}

/** The element at a node, or the nearest one before (-1) or after (+1) it. */
function elementAt(node: Node | null, step: 1 | -1): Element | null {
  let near = node;
  while (near && !(near instanceof Element))
    near = step > 0 ? near.nextSibling : near.previousSibling;
  return near?.isConnected ? near : null;
}

/** What can have the focus in an element: what is like the lost one, or else the first. */
function alike(inside: Element, likeness: string): HTMLElement | null {
  const self = inside.matches(FOCUSABLE) ? [inside as HTMLElement] : [];
  const all = [...self, ...inside.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const shown = all.filter((element) => element.checkVisibility());
  const [tag] = likeness.split('/');
  return (
    shown.find((element) => likenessOf(element) === likeness) ??
    shown.find((element) => element.tagName === tag) ??
    shown[0] ??
    null
  );
}
