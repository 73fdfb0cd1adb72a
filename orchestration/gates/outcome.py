"""What came out of one expectation."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SAMPLE_SIZE = 5
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

# how the message of a share begins that a few rows were enough to miss
TOLERATED = "tolerated"


class Judged:
    """What an expectation came to, tonight or in an earlier run."""

    expectation: str
    column: str | None
    severity: str
    success: bool | None
    message: str | None

    @property
    def label(self) -> str:
        """The expectation, and the column that it is about."""
        return f"{self.expectation} of {self.column}" if self.column else self.expectation

    @property
    def is_tolerated(self) -> bool:
        """Whether it failed by so few rows that it is a warning, whatever its severity."""
        return self.success is False and (self.message or "").startswith(TOLERATED)

    @property
    def stops(self) -> bool:
        """Whether it closes the gate."""
        return self.success is False and self.weight == "critical"

    @property
    def weight(self) -> str:
        """Its severity, as it is shown: what is tolerated is a warning."""
        return "warning" if self.is_tolerated else self.severity


@dataclass(frozen=True)
class Outcome(Judged):
    """What came out of one expectation on one table; nothing in it is a value of a PII column.

    expectation: its name in the suite, or its type. success: None where it was not checked, since a
    column it needs is gone. unexpected_percent: 0-100. sample: at most five rows that did not fit:
    their keys, or what a query found. message: why it was not computed, or why it is tolerated.
    """

    table: str
    expectation: str
    column: str | None
    severity: str
    notes: str
    success: bool | None
    observed_value: str | None = None
    unexpected_count: int | None = None
    unexpected_percent: float | None = None
    sample: tuple[dict[str, Any], ...] = ()
    message: str | None = None


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value
