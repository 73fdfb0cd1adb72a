"""Measure the three contenders side by side: `python -m benchmarks.connected_components`."""

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from rich.console import Console

from benchmarks.connected_components.graph import write_graph
from benchmarks.contender import REPOSITORY, Run, make_environment, run_contender
from benchmarks.report import report

RESULTS = REPOSITORY / "benchmarks" / "results" / "connected_components.md"
PEERS = "benchmarks.connected_components.peers"
SPLINK_REQUIREMENTS = ("splink==5.0.0", "duckdb==2.0.0")
SEED = 2
THREADS = 2
MEMORY_LIMIT = "10GB"

OURS = "dbt model"
SCIPY = "SciPy + I/O"
SPLINK = "Splink"
INTRODUCTION = (
    "Written by `python -m benchmarks.connected_components`. Every contender starts from the "
    "same table of edges in DuckDB and ends with a table of labels in DuckDB, in a process of "
    "its own; imports and the parsing of the dbt project are not counted."
)
HEADINGS = ("", "seconds", "median", "CPU s", "to SciPy", "to Splink", "rounds", "peak MB")


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connected_components")
    parser.add_argument("--records", type=int, default=5_000_000, help="records in the graph")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each contender")
    parser.add_argument("--without-splink", action="store_true", help="leave Splink out")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    return parser.parse_args(arguments)


def list_contenders(*, with_splink: bool) -> dict[str, list[str]]:
    """Name and command of each contender."""
    contenders = {
        OURS: [sys.executable, "-m", f"{PEERS}.materialization"],
        SCIPY: [sys.executable, "-m", f"{PEERS}.scipy_union_find"],
    }
    if with_splink:
        python = make_environment("splink-5.0.0", SPLINK_REQUIREMENTS)
        contenders[SPLINK] = [str(python), "-m", f"{PEERS}.splink_clustering"]
    return contenders


def check_same_partition(results: Mapping[str, Path]) -> int:
    """Compare the partitions, whatever the contenders call their components.

    Returns:
        The number of components.

    Raises:
        SystemExit: two contenders disagree.
    """
    with duckdb.connect() as connection:
        for position, path in enumerate(results.values()):
            connection.execute(f"attach '{path}' as result_{position} (read_only)")
            connection.execute(f"""
                create table labels_{position} as
                select node_id, min(node_id) over (partition by component_id) as lowest_node_id
                from result_{position}.labels
            """)
        for position, name in enumerate(results):
            [(differences,)] = connection.sql(f"""
                select count(*)
                from labels_0 as ours
                full join labels_{position} as theirs using (node_id)
                where ours.lowest_node_id is distinct from theirs.lowest_node_id
            """).fetchall()
            if differences:
                raise SystemExit(f"{name} puts {differences} nodes elsewhere than {OURS}.")
        [(component_count,)] = connection.sql(
            "select count(distinct lowest_node_id) from labels_0"
        ).fetchall()
    return component_count


def summarise(runs: Mapping[str, Sequence[Run]]) -> list[tuple[str, ...]]:
    """One row a contender, in the order of HEADINGS.

    The fastest run counts, because whatever else the machine does only adds time.
    """
    fastest = {name: min(run["seconds"] for run in repeats) for name, repeats in runs.items()}

    def ratio(name: str, base: str) -> str:
        return f"{fastest[name] / fastest[base]:.2f}x" if base in fastest else "-"

    return [
        (
            name,
            f"{fastest[name]:.2f}",
            f"{statistics.median(run['seconds'] for run in repeats):.2f}",
            f"{min(run['cpu_seconds'] for run in repeats):.2f}",
            ratio(name, SCIPY),
            ratio(name, SPLINK),
            str(repeats[0]["rounds"] or "-"),
            f"{max(run['peak_memory_mb'] for run in repeats):,.0f}",
        )
        for name, repeats in runs.items()
    ]


def describe(sizes: Mapping[str, int], runs: Mapping[str, Sequence[Run]], load: float) -> str:
    """What was measured, in a few sentences."""
    counted = ", ".join(f"{count:,} {name}" for name, count in sizes.items())
    versions = dict.fromkeys(name for run, *_ in runs.values() for name in run["versions"])
    return (
        f"{counted}; all contenders gave the same components. "
        f"Fastest of {len(runs[OURS])} runs, {THREADS} threads, {MEMORY_LIMIT} for DuckDB. "
        f"{', '.join(versions)}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()} with {os.cpu_count()} processors "
        f"(load {load:.1f} before the first run)."
    )


def main() -> None:
    """Draw the graph, run the contenders in turn, check them and report."""
    arguments = parse_arguments()
    console = Console()
    load, *_ = os.getloadavg()
    contenders = list_contenders(with_splink=not arguments.without_splink)
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    with tempfile.TemporaryDirectory() as folder, console.status("") as status:
        status.update(f"drawing {arguments.records:,} records")
        graph = Path(folder) / "graph.duckdb"
        sizes = write_graph(graph, arguments.records, SEED)
        results = {
            name: Path(folder) / f"{position}.duckdb" for position, name in enumerate(contenders)
        }
        for repeat in range(1, arguments.repeats + 1):
            for name, command in contenders.items():
                status.update(f"{name}, run {repeat} of {arguments.repeats}")
                results[name].unlink(missing_ok=True)
                options = (str(graph), str(results[name]), MEMORY_LIMIT, str(THREADS))
                runs[name].append(run_contender([*command, *options]))
        status.update("comparing the partitions")
        sizes["components"] = check_same_partition(results)

    rows = summarise(runs)
    description = describe(sizes, runs, load)
    report(arguments.output, "Connected components", INTRODUCTION, description, HEADINGS, rows)
    console.print(f"written to {arguments.output}")


if __name__ == "__main__":
    main()
