"""A benchmark's table, as Markdown."""

from collections.abc import Sequence
from pathlib import Path


def write_report(
    path: Path,
    title: str,
    introduction: str,
    description: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    """Writes what was measured: how, on what, and a row for each contender or run."""
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
