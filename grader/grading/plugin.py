"""The pytest plugin of the judge: the fixture `attempt`, the order of checks, their outcomes."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.failure import raised
from grader.grading.session import Session
from grader.sandbox.attempt import Attempt, LearnerError


class Plugin:
    """Lives for one verdict."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @pytest.fixture
    def attempt(self) -> Attempt:
        """The learner's file, driven through the closed set of verbs."""
        return self.session.attempt

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("stretch") is not None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        error: Exception | None = None
        try:
            if pyfuncitem.get_closest_marker("stretch"):
                self.session.before_stretch()
                self.session.attempt.enter_stretch()
            pyfuncitem.obj(attempt=self.session.attempt)
        except LearnerError as found:
            error = raised(self.session.attempt, found, "A call of your code", None)
        except Exception as fault:
            error = fault
        self.session.record(pyfuncitem.originalname, error)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.session.fault = RuntimeError(f"the checks can't be collected: {report.longrepr}")

    def pytest_internalerror(self, excrepr: Any) -> None:
        self.session.fault = RuntimeError(f"pytest failed: {excrepr}")
