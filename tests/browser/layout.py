"""What is drawn upon what, and what moves."""

from __future__ import annotations

from playwright.sync_api import Page

SIZES = {
    "small-phone": (360, 640),
    "phone": (390, 844),
    "tablet": (768, 1024),
    "desk": (1440, 900),
}

SOME_FRAMES = """
async () => {
  for (let frame = 0; frame < 9; frame++) await new Promise(requestAnimationFrame);
}
"""
NOTE_MOVES = """
const places = new Map();
window.moved = [];
function look() {
  for (const tile of document.querySelectorAll('[data-testid=photo-tile]')) {
    const { left, top } = tile.getBoundingClientRect();
    const place = `${Math.round(left)}/${Math.round(top)}`;
    const before = places.get(tile.dataset.photoId) ?? place;
    if (before !== place) window.moved.push(`${before} to ${place}`);
    places.set(tile.dataset.photoId, place);
  }
  requestAnimationFrame(look);
}
look();
"""

_COVERED = """
() => {
const parts = '[data-testid=toast], [data-testid=connection-banner] button,'
  + '[data-testid=damage], [data-testid=scan-problem], [data-testid=job-progress],'
  + '[role=alert], [role=note], [aria-label=Suggestions] button,'
  + 'button, a[href], input, textarea, select';
// It is meant to lie upon what is below it, until it is closed.
const list = '[aria-label=Suggestions]';
const dialog = document.querySelector('dialog[open]');
const inView = [...(dialog ?? document).querySelectorAll(parts)].filter(element => {
  if (!element.checkVisibility()) return false;
  if (element.matches('.skip, [data-photo-id], :disabled')) return false;
  // Like the photos, they are drawn ahead of what is seen of a grid, and lie upon them.
  if (element.matches('[data-testid=photo-grid] [role=checkbox]')) return false;
  const area = element.getBoundingClientRect();
  const box = element.closest('main, aside, nav')?.getBoundingClientRect();
  const within = !box || area.top >= box.top && area.bottom <= box.bottom;
  return area.width > 0 && within;
});
const name = element => element.dataset.testid
  ?? element.getAttribute('aria-label') ?? element.outerHTML.slice(0, 60);
const found = [];
for (const element of inView) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const edges = [[left + 3, top + 3], [right - 3, top + 3], [left + 3, bottom - 3],
    [right - 3, bottom - 3], [(left + right) / 2, (top + bottom) / 2]];
  for (const [x, y] of edges) {
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
      found.push(`${name(element)} is out of the window`);
      break;
    }
    // Round corners let through what is behind; what has a name of its own covers.
    const upon = document.elementFromPoint(x, y)?.closest(parts);
    const related = !upon || element.contains(upon) || upon.contains(element)
      || upon.closest(list) && !element.closest(list);
    if (!related) {
      found.push(`${name(upon)} upon ${name(element)}`);
      break;
    }
  }
}
return found;
}
"""


def covered(page: Page) -> list[str]:
    """Return what lies upon what speaks or can be pressed, or is cut by the window."""
    return list(page.evaluate(_COVERED))
