const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), video[controls]';

/** Keep Tab inside a dialog: from its last element on to its first, and back. */
export function trapFocus(event: KeyboardEvent, dialog: HTMLElement): void {
  if (event.key !== 'Tab') return;
  const all = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const shown = all.filter((element) => element.checkVisibility());
  const edge = event.shiftKey ? shown[0] : shown.at(-1);
  const target = event.shiftKey ? shown.at(-1) : shown[0];
  const active = document.activeElement;
  if (!target || (active !== edge && active !== dialog)) return;
  event.preventDefault();
  target.focus();
}
