"""What the other walks look with: axe finds what is wrong, and nothing else."""

from __future__ import annotations

import pytest

from tests.browser.accessibility import grave_findings
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FAULTS = """
() => {
  document.querySelector('form').insertAdjacentHTML('beforeend', `
    <button id="nameless"></button>
    <p id="pale">Hardly to be read</p>
    <input id="unlabelled">
    <ul id="odd" role="listbox"><li>No option</li></ul>`);
  const { style } = document.querySelector('#pale');
  Object.assign(style, { color: '#8a8a8a', background: '#9a9a9a' });
}
"""


def test_each_kind_of_fault_is_found_in_both_schemes(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.get_by_label("User name").wait_for()
    visitor.check_accessibility()
    visitor.page.evaluate(FAULTS)
    found = grave_findings(visitor.page)
    for rule, element in (
        ("button-name (critical)", "#nameless"),
        ("color-contrast (serious)", "#pale"),
        ("label (critical)", "#unlabelled"),
        ("aria-required-children (critical)", "#odd"),
    ):
        assert any(f"{rule} at {element}: " in each for each in found), (rule, found)
    with pytest.raises(AssertionError, match="light: color-contrast.* at #pale"):
        visitor.inspect("faults")
    with pytest.raises(AssertionError, match="dark: color-contrast.* at #pale"):
        visitor.inspect("faults")
