"""A benchmark's table, on the screen and as Markdown, and the machine it was measured on."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table


def machine(load: float) -> str:
    """Versions, system and processors. load: the average before the first run."""
    return (
        f"DuckDB {duckdb.__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()} with {os.cpu_count()} processors "
        f"(load {load:.1f} before the first run)."
    )


def report(
    path: Path,
    title: str,
    introduction: str,
    description: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    """Prints and writes what was measured: how, on what, and a row for each contender or run."""
    table = Table(*headings, title=title, caption=description)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    lines = [
        f"# {title}",
        "",
        introduction,
        "",
        description,
        "",
        "| " + " | ".join(headings) + " |",
        "|" + "---|" * len(headings),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
