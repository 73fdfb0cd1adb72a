"""What came out of one expectation."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SAMPLE_SIZE = 5
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

# how the message of a share begins that a few rows were enough to miss
TOLERATED = "tolerated"


@dataclass(frozen=True)
class Outcome:
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

    @property
    def stops(self) -> bool:
        """Whether it closes the gate."""
        return stops(self.severity, self.success, self.message)


def stops(severity: str, success: bool | None, message: str | None) -> bool:
    """Whether an outcome closes its gate: it failed, is critical and is not tolerated."""
    return success is False and severity == "critical" and not (message or "").startswith(TOLERATED)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value
