"""What came out of one expectation."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What came out of one expectation on one table; nothing in it is a value of a PII column.

    expectation: its name in the suite, or its type. success: None where it was not checked, since a
    column it needs is gone, or not judged, since a share says little of so few rows.
    unexpected_percent: 0-100. sample: at most five rows that did not fit: their keys, or what a
    query found. message: why there is no judgement.
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
        """Whether it closes the door."""
        return self.success is False and self.severity == "critical"
