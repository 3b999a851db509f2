"""Paragraphs on a screen: no line is wider than it, in any script."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from grader.ui.screen import Screen

CHINESE = "反向传播从输出开始，沿着图的边把梯度传回到每一个节点，并在每个节点上把来自各条路径的贡献加起来。"
PATH = "/home/me/practice/katas/kata03_topo_sort.py"


@pytest.fixture
def screen() -> Screen:
    """A narrow screen."""
    made = Screen(plain=True)
    made.width = 30
    return made


def lines(screen: Screen, text: str, indent: int = 2) -> list[str]:
    """Return a paragraph's lines as text."""
    return ["".join(piece for piece, _ in line) for line in screen.wrap(text, indent)]


@pytest.mark.parametrize("text", [CHINESE, f"Next: {CHINESE}", f"kata03 · {CHINESE} the end"])
def test_wide_characters_are_wrapped_by_their_width(screen: Screen, text: str) -> None:
    """They have no spaces to break at, and take two columns each; nothing is lost."""
    found = lines(screen, text)

    assert max(map(cell_len, found)) <= 30
    assert len(found) > 3
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_a_long_path_stays_in_one_piece(screen: Screen) -> None:
    """It can be copied; words and own line breaks are kept as well."""
    found = lines(screen, f"It is in {PATH} and\nthat is\n\nall · of it")

    assert found == ["  It is in", f"  {PATH}", "  and", "  that is", "  ", "  all · of it"]
