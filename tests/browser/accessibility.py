"""What axe finds in a page, of what keeps people out.

axe (https://github.com/dequelabs/axe-core) is a development package of the page. Its
text is given to the browser, so that nothing is loaded and the page's own content
security policy stays as it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
_COME_TO_REST = """
async () => {
  const ends = animation => {
    const { endTime } = animation.effect.getComputedTiming();
    return animation.playState === 'running' && Number.isFinite(endTime);
  };
  // What fades in has less contrast than it will have.
  for (let round = 0; round < 5; round++) {
    await new Promise(requestAnimationFrame);
    const moving = document.getAnimations().filter(ends);
    await Promise.all(moving.map(each => each.finished.catch(() => null)));
  }
}
"""
_FINDINGS = """
async rules => {
  const options = { preload: false, resultTypes: ['violations'], elementRef: false };
  if (rules.length > 0) options.runOnly = { type: 'rule', values: rules };
  const { violations } = await axe.run(document, options);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, help, nodes }) => nodes.map(({ target, any }) => {
      const why = any.map(({ message }) => message).join('; ');
      return `${id} (${impact}) at ${target.join(' ')}: ${help}. ${why}`;
    }));
}
"""


@cache
def _script() -> str:
    try:
        return _AXE.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssertionError(
            f"{_AXE} is missing: script/setup --development installs it"
        ) from None


def grave_findings(page: Page, *rules: str) -> list[str]:
    """Return what axe finds serious or critical in the page as it is.

    With `rules`, only these are tried. Each finding names rule, element and reason.
    """
    page.evaluate(_COME_TO_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    return list(page.evaluate(_FINDINGS, list(rules)))
