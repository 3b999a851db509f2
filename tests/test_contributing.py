"""The map for contributors is true: every room in its order, every file that it names."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.test_architecture import ORDER

MAP = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")


def test_map_draws_the_rooms_in_their_order() -> None:
    """The line of rooms is the order that imports are held to."""
    drawn = re.search(r"^    cli > .*?\n\n", MAP, re.M | re.S)
    assert drawn
    rooms = [part.split(", ") for part in re.sub(r"\s+", " ", drawn[0]).strip().split(" > ")]

    assert [set(floor) for floor in rooms[:-1]] == [set(floor) for floor in ORDER[1:-2]]
    assert set(rooms[-1]) == {*ORDER[-2], *ORDER[-1]}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z_]+/[\w./]+)`", MAP))))
def test_map_names_what_is_there(path: str) -> None:
    """Every file, folder and module that the map names exists."""
    inside = [ROOT / path, ROOT / "grader" / path, (ROOT / "grader" / path).with_suffix(".py")]

    assert any(place.exists() for place in inside), path
