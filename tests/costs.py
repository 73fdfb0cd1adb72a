"""What each file of tests cost: wall, CPU, calls of dbt, and whole readings of the project.

CPU is that of pytest's processes and of those that they started and that have ended. What several
files share counts for the first that asks for it, and ends with the last.
"""

import os
import time
from collections.abc import Generator
from typing import Any, NamedTuple

import pytest

from tests.readings import Count

STARTING = "(starting, collecting)"


class Cost(NamedTuple):
    """Seconds, and how often."""

    wall: float = 0
    cpu: float = 0
    calls: int = 0
    readings: int = 0

    def plus(self, other: "Cost") -> "Cost":
        return Cost(*(one + more for one, more in zip(self, other, strict=True)))

    def minus(self, other: "Cost") -> "Cost":
        return Cost(*(one - less for one, less in zip(self, other, strict=True)))


def now() -> Cost:
    """What this process has cost so far, since some moment."""
    return Cost(time.monotonic(), sum(os.times()[:4]), Count.calls, Count.whole_readings)


class Costs:
    """A plugin of pytest, in each of its processes."""

    def __init__(self) -> None:
        self.files: dict[str, Cost] = {}
        self.began = time.monotonic()

    def add(self, file: str, cost: Cost) -> None:
        self.files[file] = self.files.get(file, Cost()).plus(cost)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        before = now()
        try:
            return (yield)
        finally:
            self.add(item.nodeid.split("::")[0], now().minus(before))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        spent = Cost().plus(now())._replace(wall=time.monotonic() - self.began)
        for cost in self.files.values():
            spent = spent.minus(cost)
        if not session.config.pluginmanager.hasplugin("dsession"):  # others run the tests
            self.add(STARTING, spent)
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["costs"] = {
                file: list(cost) for file, cost in self.files.items()
            }
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for file, cost in getattr(node, "workeroutput", {}).get("costs", {}).items():
            self.add(file, Cost(*cost))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.files:
            terminalreporter.section("what each file cost")
            terminalreporter.write("\n".join(lines(self.files)) + "\n")


def lines(files: dict[str, Cost]) -> list[str]:
    """A table, the dearest file first."""
    total = Cost()
    for cost in files.values():
        total = total.plus(cost)
    dearest = sorted(files.items(), key=lambda each: -each[1].cpu)
    width = max(len(file) for file in files)
    return [
        f"{'':<{width}} {'wall s':>8} {'CPU s':>8} {'dbt':>5} {'readings':>9}",
        *(
            f"{file:<{width}} {cost.wall:>8.1f} {cost.cpu:>8.1f} {cost.calls:>5} {cost.readings:>9}"
            for file, cost in [*dearest, ("all", total)]
        ),
    ]
