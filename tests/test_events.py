"""The rows of an interview: what an earlier version of the kit wrote is read, resumed and reported.

`stored_interviews.json` was written by the kit as it was before its events had classes.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from grader.core.records import Event
from grader.core.store import Store, _transaction
from grader.interview import report, report_page, session
from grader.interview.dialogue import Conductor
from grader.interview.events import Happening, Unknown, decode, encode
from grader.ui.screen import Screen
from tests.conftest import ROOT, Hands
from tests.test_interview import Scripted, told

STORED = json.loads((ROOT / "tests" / "stored_interviews.json").read_text("utf-8"))
ROWS = [row for held in STORED.values() for row in held["rows"]]


def put(store: Store, name: str, rows: list[list[str]] | None = None) -> None:
    """Write an interview as the earlier version left it, with other rows if there are any."""
    held = STORED[name]
    db = store.db
    with _transaction(db):
        db.execute(
            "INSERT INTO interviews (started, plan, ended) VALUES (?, ?, ?)",
            (held["started"], held["plan"], held["ended"]),
        )
        db.executemany(
            "INSERT INTO interview_events (interview, time, kind, data) VALUES (1, ?, ?, ?)",
            held["rows"] if rows is None else rows,
        )


def event(row: list[str]) -> Event:
    time, kind, data = row
    return Event(datetime.fromisoformat(time), kind, json.loads(data))


def test_stored_rows_are_read_and_would_be_written_alike() -> None:
    """Every kind of row, to the byte."""
    for row, moment in zip(ROWS, decode(map(event, ROWS)), strict=True):
        assert isinstance(moment.what, Happening)
        kind, data = encode(moment.what, moment.stamp)
        assert [moment.time.isoformat(), kind, json.dumps(data)] == row


def test_the_stored_rows_are_of_every_kind() -> None:
    """No class is without a row that was written before it."""
    assert {kind for _, kind, _ in ROWS} == {
        str(one.__struct_config__.tag) for one in Happening.__subclasses__()
    }


def test_a_stored_interview_has_the_report_it_had(store: Store) -> None:
    """Every number and every word of the JSON document."""
    put(store, "whole")

    found = report.as_json(report.find_report(store, 1))

    assert json.loads(json.dumps(found)) == STORED["whole"]["report"]


def test_a_stored_interview_is_taken_up_where_it_was(store: Store, clock: Hands) -> None:
    """An open answer waits for the numbers of its points; they are taken."""
    put(store, "running")
    conductor = Conductor(session.resume(store, clock), Screen(True), Scripted())

    shown = told(conductor.opening())
    conductor.accept("1 2")

    assert "A model answer" in shown
    assert store.events(1)[-1].data["text"] == "an explicit stack"
    assert store.events(1)[-1].data["ticked"] == "1 2"


def changed(row: list[str], **fields: Any) -> list[str]:
    """Return a row with other fields; one that is `...` is left out."""
    data = {**json.loads(row[2]), **fields}
    return [*row[:2], json.dumps({k: v for k, v in data.items() if v is not ...})]


@pytest.mark.parametrize("value", [..., "another shape", -99])
def test_a_row_of_another_kit_crashes_no_report(store: Store, value: Any) -> None:
    """Whatever field is missing or has another shape, text, JSON and page are made."""
    rows = STORED["whole"]["rows"]
    for number, row in enumerate(rows):
        for field in json.loads(row[2]):
            store.db.execute("DELETE FROM interview_events")
            store.db.execute("DELETE FROM interviews")
            put(
                store,
                "whole",
                [*rows[:number], changed(row, **{field: value}), *rows[number + 1 :]],
            )
            found = report.find_report(store, 1)

            assert report.text(Screen(True), found)
            assert json.dumps(report.as_json(found), allow_nan=False)
            assert report_page.page_of(found)


def test_an_unknown_row_is_kept_as_such_and_has_its_place_in_time() -> None:
    """It is of its own kind; without a readable time it happened with the one before it."""
    first, *_ = STORED["whole"]["rows"][2:]
    found = decode([event(first), event([first[0], "gesture", '{"hand": "left"}'])])

    assert found[1].what == Unknown("gesture")
    assert found[1].at == found[0].at == 10.0


def test_an_interview_that_was_killed_at_its_very_end_has_ended(store: Store, clock: Hands) -> None:
    """Its last event says so; the note in the store follows, and another one can begin."""
    put(store, "whole")
    store.db.execute("UPDATE interviews SET ended = NULL")

    assert session.running_interview(store, clock) is None
    assert report.find_report(store, None).id == 1
