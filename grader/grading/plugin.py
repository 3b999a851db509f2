"""The pytest plugin of the judge: the fixture `attempt`, the order of checks, their outcomes."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from grader.checks.graded import GradedAttempt
from grader.grading.session import Session


class Plugin:
    """Lives for one verdict."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @pytest.fixture
    def attempt(self) -> GradedAttempt:
        """The learner's file, driven through the closed set of verbs."""
        return self.session.attempt

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("stretch") is not None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem.fixturenames}
        self.session.run(pyfuncitem.originalname, partial(pyfuncitem.obj, **wanted))
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.session.fault = RuntimeError(f"the checks can't be collected: {report.longrepr}")

    def pytest_internalerror(self, excrepr: Any) -> None:
        self.session.fault = RuntimeError(f"pytest failed: {excrepr}")
