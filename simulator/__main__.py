"""Command line: `python -m simulator --people N --days D --seed S --end YYYY-MM-DD --out DIR`.

Exit codes: 0 done, 1 a check failed, 2 it could not run.
"""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from simulator.patterns import DEFAULT_RATES, checked
from simulator.plan import Parameters
from simulator.run import WorldError, Written, append, create, read_world, truth_folder
from simulator.tables import SOURCES
from simulator.writer import FORMATS

EXIT_OK, EXIT_CANNOT_RUN = 0, 2
_DEFAULTS: dict[str, int | str] = {"people": 5_000, "days": 365, "seed": 42, "format": "parquet"}


def main(arguments: list[str] | None = None) -> int:
    """Makes a world or appends to one; returns the exit code."""
    console, errors = Console(), Console(stderr=True)
    try:
        options = _parse(arguments)
    except SystemExit as stop:
        return EXIT_OK if stop.code in (0, None) else EXIT_CANNOT_RUN
    out: Path = options.out
    try:
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console, transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task("simulating, in chunks of people", total=None)

            def advance(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            if options.append_days is None:
                parameters = _parameters(options)
                known = read_world(out)
                if known is not None and known.parameters != parameters:
                    console.print(
                        f"Replacing the world of {known.parameters.people:,} people at {out}."
                    )
                written = create(out, parameters, advance)
            else:
                _refuse_others(options)
                written = append(out, options.append_days, advance)
    except (WorldError, ValueError, OSError) as error:
        errors.print(f"[red]Error:[/red] {error}", highlight=False)
        return EXIT_CANNOT_RUN
    _report(console, out, written)
    return EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Writes the raw layer of a simulated company, and the truth beside it.",
    )
    parser.add_argument("--people", type=int, help=f"people in the world ({_DEFAULTS['people']})")
    parser.add_argument("--days", type=int, help=f"days of history ({_DEFAULTS['days']})")
    parser.add_argument(
        "--seed", type=int, help=f"another seed, another world ({_DEFAULTS['seed']})"
    )
    parser.add_argument("--end", type=date.fromisoformat, help="last day, YYYY-MM-DD (yesterday)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("data/raw"),
        help="raw folder (data/raw); the truth goes to its sibling truth/",
    )
    parser.add_argument("--format", choices=FORMATS, help=f"file format ({_DEFAULTS['format']})")
    parser.add_argument(
        "--pattern",
        type=_pattern,
        action="append",
        metavar="NAME=RATE",
        help="how often a pattern that makes identity hard occurs, 0 to 1; may come again. "
        + ", ".join(f"{name} ({rate:g})" for name, rate in DEFAULT_RATES.items()),
    )
    parser.add_argument(
        "--append-days",
        type=int,
        metavar="K",
        help="go on with the world found at --out for K days",
    )
    return parser.parse_args(arguments)


def _pattern(text: str) -> tuple[str, float]:
    """Name and rate; whether they are possible the parameters say."""
    name, _, rate = text.partition("=")
    try:
        return name, float(rate)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=RATE") from None


def _parameters(options: argparse.Namespace) -> Parameters:
    given = {
        name: getattr(options, name) for name in _DEFAULTS if getattr(options, name) is not None
    }
    end = options.end or datetime.now(tz=UTC).date() - timedelta(days=1)
    return Parameters(**(_DEFAULTS | given), end=end, patterns=dict(options.pattern or []))


def _refuse_others(options: argparse.Namespace) -> None:
    """Raises WorldError where the command line names another world than the one found."""
    known = read_world(options.out)
    if known is None:
        return
    for name in (*_DEFAULTS, "end"):
        said, is_ = getattr(options, name), getattr(known.parameters, name)
        # The end may be the world's first one, or the one it has now.
        if said is not None and said != is_ and not (name == "end" and said == known.last_day):
            raise WorldError(
                f"The world at {options.out} has --{name} {is_}, not {said}: leave --{name} out to "
                "append to it, or name another folder with --out"
            )
    rates = known.parameters.patterns
    for name, rate in checked(dict(options.pattern or []), rates).items():
        if rate != rates[name]:
            raise WorldError(
                f"The world at {options.out} has --pattern {name}={rates[name]:g}, not {rate:g}: "
                "leave it out to append to it, or name another folder with --out"
            )


def _report(console: Console, out: Path, written: Written) -> None:
    table = Table("source", "tables", "rows", "MB", box=None)
    for name in ("rows", "MB"):
        table.columns[("source", "tables", "rows", "MB").index(name)].justify = "right"
    for source in SOURCES:
        mine = [name for name in written.rows if name.startswith(f"{source}.")]
        rows, size = (
            sum(written.rows[name] for name in mine),
            sum(written.size[name] for name in mine),
        )
        table.add_row(source, str(len(mine)), f"{rows:,}", f"{size / 1e6:,.1f}")
    console.print(table)
    table = Table("pattern", "rate", "times", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, rate in written.rates.items():
        table.add_row(name, f"{rate:g}", f"{written.patterns[name]:,}")
    console.print(table)
    rows, size = sum(written.rows.values()), sum(written.size.values())
    console.print(
        f"Wrote {rows:,} rows ({size / 1e6:,.1f} MB) to {out}, the truth to {truth_folder(out)}; "
        f"peak memory {written.peak_memory / 1e6:,.0f} MB."
    )


if __name__ == "__main__":
    sys.exit(main())
