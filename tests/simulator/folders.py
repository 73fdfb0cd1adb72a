"""Where the tests keep their worlds, and how they call the simulator."""

from dataclasses import dataclass
from pathlib import Path

from simulator.__main__ import main

WORLD = ["--people", "2500", "--days", "120", "--seed", "5", "--end", "2026-03-31"]


@dataclass
class Worlds:
    """Folders with `raw/` and `truth/`: as first written, and after two appends."""

    first: Path
    appended: Path


def run(*arguments: str) -> int:
    """The command line, in this process."""
    return main(list(arguments))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
