"""What is found in raw data."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: an error stops a build, or empties a table."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One sentence about a raw table, or about files of none (`table` is empty)."""

    table: str
    level: Level
    text: str
