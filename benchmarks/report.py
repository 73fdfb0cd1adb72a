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
    _show(title, headings, rows, description)
    lines = [f"# {title}", "", introduction, "", description, "", *_markdown(headings, rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def add_to_report(
    path: Path, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Prints one more table of a benchmark, and writes it at the end of its report."""
    _show(title, headings, rows)
    with path.open("a") as file:
        file.write("\n".join(["", f"## {title}", "", *_markdown(headings, rows)]) + "\n")


def _show(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], caption: str = ""
) -> None:
    table = Table(*headings, title=title, caption=caption)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(headings) + " |",
        "|" + "---|" * len(headings),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
