"""Measure identity alone on DuckDB: `python -m benchmarks.identity_layer`."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.company import FEW_DAYS, PROGRAMS, REPOSITORY, WORLD_END, Company
from benchmarks.identity_layer.worlds import HOSTILE, change_some, copy_parties, make_hostile
from benchmarks.process import Cost, run
from benchmarks.report import add_to_report, machine, report

RESULTS = REPOSITORY / "benchmarks" / "results" / "identity_layer.md"
DAYS = 365
CHANGED = 0.01
SELECTED = (
    *("path:models/identity", "path:models/marts/identity"),
    *("customers", "customer_identifiers", "customer_aliases"),
)
# they tell of runs and of the past, so a rebuild leaves them alone
TOLD = ("identity_events", "identity_map_history", "identity_quality")
INTRODUCTION = (
    "Written by `python -m benchmarks.identity_layer`: identity and its marts, `customers` and "
    "`customer_identifiers` among them, of parties that are there already: copies of those of a "
    "simulated company. Each run is a process of its own, dbt's start and "
    f"all, without tests. Some changed: of {CHANGED:.0%} of the records, drawn evenly, eight in "
    "ten were seen once more, one has other emails, one is gone; share is of the processor seconds "
    "of a rebuild (`--full-refresh`) of the same; equal: whether every table is as it makes it."
)
HEADINGS = ("records", "links", "run", "seconds", "CPU s", "peak MB", "share", "growth", "equal")
HOSTILE_HEADINGS = (
    *("world", "links", "seconds", "CPU s", "peak MB", "to plain", "customers"),
    *("largest", "links dropped", "joins refused"),
)


@dataclass(frozen=True)
class Measured:
    """A run, to the rebuild of the same. is_equal: whether the tables are the rebuild's."""

    records: int
    links: int
    name: str
    cost: Cost
    share: float
    is_equal: bool


def build(environment: Mapping[str, str], *options: str) -> Cost:
    """Identity and its marts."""
    command = [str(PROGRAMS / "dbt"), "--quiet", "run", "--select", *SELECTED, *options]
    command += ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
    return run(command, environment, REPOSITORY)


def found(folder: Path, people: int, memory: str) -> tuple[Path, dict[str, str]]:
    """A company's warehouse with its parties, and the environment that builds others like it."""
    company = Company(folder / "company", people)
    company.found(DAYS)
    environment = company.environment(WORLD_END + timedelta(days=1)) | {
        "CUSTOMER_360_MEMORY_LIMIT": memory
    }
    command = [str(PROGRAMS / "dbt"), "--quiet", "build", "--exclude-resource-type", "test"]
    command += ["unit_test", "--select", "+int_party_identifiers"]
    run([*command, "--vars", environment["CUSTOMER_360_DBT_VARS"]], environment, REPOSITORY)
    few = Company(folder / "few", 1)
    few.simulate("--people", "1", "--days", str(FEW_DAYS), "--end", WORLD_END.isoformat())
    return (
        Path(environment["CUSTOMER_360_DUCKDB"]),
        environment | {"CUSTOMER_360_RAW_DIR": str(few.raw_dir)},
    )


def open_world(parties: Path, environment: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """A warehouse with nothing but seeds, and the company's attached."""
    seed = [str(PROGRAMS / "dbt"), "--quiet", "seed"]
    run([*seed, "--vars", environment["CUSTOMER_360_DBT_VARS"]], environment, REPOSITORY)
    warehouse = duckdb.connect(environment["CUSTOMER_360_DUCKDB"])
    warehouse.execute(f"set memory_limit = '{environment['CUSTOMER_360_MEMORY_LIMIT']}'")
    warehouse.execute(f"attach '{parties}' as company (read_only)")
    return warehouse


def contents(warehouse: Path) -> dict[str, tuple[object, ...]]:
    """Each table of identity and its marts, by the number and hashes of its rows."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema in ('identity', 'marts')"
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), sum(hash(t)) from {table} as t"
            ).fetchall()[0]
            for table, name in tables
            if name not in TOLD
        }


def measure_copies(
    folder: Path, parties: Path, environment: Mapping[str, str], records: int
) -> list[Measured]:
    """A first build, an increment, a rebuild and a run of nothing new."""
    place = folder / f"records_{records}"
    place.mkdir()
    path = place / "customer_360.duckdb"
    here = dict(environment) | {"CUSTOMER_360_DUCKDB": str(path)}
    with open_world(parties, here) as warehouse:
        [(of_one,)] = warehouse.execute(
            "select count(*) from company.conformed.int_party_records"
        ).fetchall()
        copy_parties(warehouse, max(1, round(records / of_one)))
        [(record_count, link_count)] = warehouse.execute(
            "select (select count(*) from conformed.int_party_records),"
            " (select count(*) from conformed.int_party_identifiers)"
        ).fetchall()
    costs = {"first build": build(here)}
    with duckdb.connect(str(path)) as warehouse:
        change_some(warehouse, CHANGED)
    costs[f"{CHANGED:.0%} changed"] = build(here)
    incremented = place / "incremented.duckdb"
    shutil.copy(path, incremented)
    costs["rebuild"] = build(here, "--full-refresh")
    is_equal = contents(path) == contents(incremented)
    incremented.replace(path)
    costs["nothing changed"] = build(here)
    shutil.rmtree(place)
    whole = costs["rebuild"].cpu_seconds
    return [
        Measured(record_count, link_count, name, cost, cost.cpu_seconds / whole, is_equal)
        for name, cost in costs.items()
    ]


def measure_hostile(
    folder: Path, parties: Path, environment: Mapping[str, str], records: int
) -> list[tuple[str, ...]]:
    """A row for each hostile world."""
    rows = []
    plain_mb = 0.0
    for name in HOSTILE:
        path = folder / "hostile.duckdb"
        path.unlink(missing_ok=True)
        here = dict(environment) | {"CUSTOMER_360_DUCKDB": str(path)}
        warehouse = open_world(parties, here)
        make_hostile(warehouse, name, records)
        warehouse.close()
        cost = build(here)
        plain_mb = plain_mb or cost.peak_mb
        with duckdb.connect(str(path), read_only=True) as built:
            [counts] = built.execute(
                "select (select count(*) from marts.customer_identifiers),"
                " (select count(*) from marts.customers),"
                " (select max(record_count) from marts.customers),"
                " (select count(*) from marts.identity_dropped_links),"
                " (select count(*) from marts.identity_refused_merges)"
            ).fetchall()
        links, *others = (f"{count:,}" for count in counts)
        ratio = f"{cost.peak_mb / plain_mb:.2f}"
        rows.append((name, links, *_figures(cost), ratio, *others))
    return rows


def _figures(cost: Cost) -> tuple[str, str, str]:
    return f"{cost.seconds:.0f}", f"{cost.cpu_seconds:.0f}", f"{cost.peak_mb:,.0f}"


def summarise(runs: Sequence[Measured]) -> list[tuple[str, ...]]:
    """One row a run, in the order of HEADINGS."""
    first = runs[0]
    rows: list[tuple[str, ...]] = []
    for measured in runs:
        growth = (measured.cost.cpu_seconds / first.cost.cpu_seconds) / (
            measured.records / first.records
        )
        rows.append((
            *(f"{measured.records:,}", f"{measured.links:,}", measured.name),
            *_figures(measured.cost),
            f"{measured.share:.0%}",
            f"{growth:.2f}" if measured.name == first.name else "",
            ("yes" if measured.is_equal else "NO") if measured.name.endswith("% changed") else "",
        ))  # fmt: skip
    return rows


def main() -> None:
    """Make the worlds, build and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity_layer")
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--people", type=int, default=20_000, help="of the company that is copied")
    parser.add_argument(
        "--hostile", type=int, default=1_000_000, help="records of hostile worlds; 0: none is made"
    )
    parser.add_argument("--memory", default="8GB", help="DuckDB's memory_limit")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    average, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parties, environment = found(folder, arguments.people, arguments.memory)
        runs = [
            measured
            for records in sorted(arguments.records)
            for measured in measure_copies(folder, parties, environment, records)
        ]
        hostile = (
            measure_hostile(folder, parties, environment, arguments.hostile)
            if arguments.hostile
            else []
        )
    report(
        arguments.output,
        "Identity alone",
        INTRODUCTION,
        f"Copies of {arguments.people:,} people, memory_limit {arguments.memory}, 4 threads. "
        f"{machine(average)}",
        HEADINGS,
        summarise(runs),
    )
    if hostile:
        add_to_report(
            arguments.output,
            f"Hostile worlds of {arguments.hostile:,} records",
            HOSTILE_HEADINGS,
            hostile,
        )


if __name__ == "__main__":
    main()
