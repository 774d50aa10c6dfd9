/** A plain left click, which the page answers itself; others are the browser's (new tab …). */
export function isPlainClick(event: MouseEvent): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !modified && !event.defaultPrevented;
}

/** A left click with the Shift key alone: up to here. */
export function isShiftClick({ button, ctrlKey, metaKey, altKey, shiftKey }: MouseEvent): boolean {
  return button === 0 && shiftKey && !ctrlKey && !metaKey && !altKey;
}
