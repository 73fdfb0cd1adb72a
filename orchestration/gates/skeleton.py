"""Writes what the contracts of a source's raw tables give as suites, for people to go on with.

`python -m orchestration.gates.skeleton SOURCE` writes expectations/raw/SOURCE.<table>.yml for each
table of an enabled source that has none. Exit codes: 0 they are there, 2 it could not run.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml
from dbt_common.exceptions import DbtBaseException

from orchestration.gates.project import read_project
from orchestration.gates.suites import QUERY
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import (
    EXIT_CANNOT_RUN,
    EXIT_OK,
    add_dbt_options,
    add_vars_option,
)
from orchestration.platform.warehouse import Target, open_target

_NUMBERS = ("bigint", "numeric")


def main(arguments: list[str] | None = None) -> int:
    """Writes the suites and prints their paths; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.gates.skeleton",
        description="Writes suites of raw tables from their contracts, where there are none.",
    )
    parser.add_argument("source", help="an enabled source, as dbt_project.yml names it")
    add_dbt_options(parser)
    add_vars_option(parser)
    parser.add_argument("--expectations", type=Path, help="folder of the suites (expectations)")
    options = parser.parse_args(arguments)
    try:
        with open_target(
            options.target, options.profiles_dir, options.project_dir, options.vars
        ) as target:
            written = write_suites(target, options.source, options.expectations)
    except (CannotRunError, DbtBaseException) as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    for path in written:
        print(f"Wrote {path}: name its owner, and set bounds that fit what you receive")
    if not written:
        print(f"All tables of {options.source} have suites")
    return EXIT_OK


def write_suites(target: Target, source: str, folder: Path | None = None) -> list[Path]:
    """Writes a suite of each of a source's tables that has none; returns the new files.

    Raises CannotRunError where the source has no table that is switched on.
    """
    config = target.adapter.config
    root = Path(config.project_root)
    project = read_project(root / config.target_path / "manifest.json")
    place = (folder or root / "expectations") / "raw"
    tables = [table for table in project.tables["raw"].values() if table.source == source]
    if not tables:
        enabled = sorted({str(table.source) for table in project.tables["raw"].values()})
        raise CannotRunError(
            f"{source!r} has no table that is switched on. Those in var 'sources' that have: "
            f"{', '.join(enabled)}"
        )
    written = []
    for table in sorted(tables, key=lambda table: table.name):
        path = place / f"{table.name}.yml"
        if not path.exists():
            suite = suite_of(target, source, table.name.removeprefix(f"{source}."))
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(suite, sort_keys=False, width=100, allow_unicode=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def suite_of(target: Target, source: str, table: str) -> dict[str, Any]:
    """What the contract of a raw table lets one expect of it, as a suite is written."""
    project = target.adapter.config.project_name
    contract: Any = target.manifest.nodes[f"model.{project}.base_{source}__{table}"]
    key = contract.config.meta["row_key"]
    expectations = [
        _expectation(
            "expect_column_values_to_not_be_null", {"column": column, "mostly": 0.95}, "critical",
            "A row without its key cannot be told from another, and is rejected.",
        )
        for column in key
    ]  # fmt: skip
    unique = "column_values" if len(key) == 1 else "compound_columns"
    about = {"column": key[0]} if len(key) == 1 else {"column_list": key}
    mostly = 0.1 if "latest_by" in contract.config.meta else 0.5
    expectations.append(
        _expectation(
            f"expect_{unique}_to_be_unique", {**about, "mostly": mostly}, "critical",
            "Later versions of a row are expected; most keys twice: a file was loaded twice.",
        )
    )  # fmt: skip
    for column in contract.columns.values():
        if column.name not in key:
            expectations += _of_column(column.name, column.data_type, column.meta)
    return {"table": f"{source}.{table}", "owner": source, "expectations": expectations}


def _of_column(name: str, data_type: str, meta: dict[str, Any]) -> list[dict[str, Any]]:
    """What a contract says of a column's values."""
    found = []
    if meta.get("required"):
        found.append(
            _expectation(
                "expect_column_values_to_not_be_null", {"column": name, "mostly": 0.9}, "warning",
                "A row without it is rejected.",
            )
        )  # fmt: skip
    if values := meta.get("accepted_values"):
        found.append(
            _expectation(
                "expect_column_values_to_be_in_set",
                {"column": name, "value_set": values, "mostly": 0.8}, "warning",
                f"Another value is {'rejected' if meta.get('if_invalid') else 'taken for none'}.",
            )
        )  # fmt: skip
    bounds = [
        f"{number} {sign} {meta[bound]}"
        for bound, sign in (("min", "<"), ("max", ">"))
        for number in [f"try_cast(cast({name} as string) as double)"]
        if bound in meta and data_type.startswith(_NUMBERS)
    ]
    if bounds:
        query = (
            "select * from (select count(*) as row_count, "
            f"sum(case when {' or '.join(bounds)} then 1 else 0 end) as outside_count "
            "from {batch}) as counted where outside_count > 0.1 * row_count and outside_count > 5"
        )
        found.append(
            _expectation(
                QUERY, {"unexpected_rows_query": query}, "warning",
                f"More than one {name} in ten is out of the bounds of its contract.",
                name=f"{name}_out_of_bounds",
            )
        )  # fmt: skip
    return found


def _expectation(
    kind: str, kwargs: dict[str, Any], severity: str, notes: str, name: str | None = None
) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return {"type": kind, **named, "kwargs": kwargs, "severity": severity, "notes": notes}


if __name__ == "__main__":
    sys.exit(main())
