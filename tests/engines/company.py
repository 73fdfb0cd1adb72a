"""One small company on three engines, each built when a test first asks for it: whole, and further.

What each took is written to logs/engines.txt, which pytest prints at the end.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, process_time
from typing import Any, Protocol

from dbt.contracts.graph.manifest import Manifest

from tests.engines.engine import Engine
from tests.engines.parity import Mart, Row, all_marts, read
from tests.support import (
    REPOSITORY,
    WORLD_END,
    load_a_row_without_its_fault,
    load_awkward_rows,
    load_what_rows_wait_for,
)

SCHEMA = "parity"  # in front of every schema of the company's, on a warehouse
MORE_DAYS = 14
TIMES = REPOSITORY / "logs" / "engines.txt"


def simulate_company(folder: Path) -> None:
    """A company with every kind of bad row and some awkward ones in `first`; and in `then`, after
    more days, with a row that came again without its fault and one that another waited for."""
    from simulator.__main__ import main as simulate  # noqa: PLC0415  (only tests that need it pay)

    first, then = folder / "first" / "raw", folder / "then" / "raw"
    options = ["--people", "300", "--days", "90", "--seed", "11", "--end", WORLD_END]
    assert simulate([*options, "--out", str(first)]) == 0
    load_awkward_rows(first)
    shutil.copytree(first.parent, then.parent)
    assert simulate(["--append-days", str(MORE_DAYS), "--out", str(then)]) == 0
    load_a_row_without_its_fault(then)
    load_what_rows_wait_for(then)


class Server(Protocol):
    """A stand-in that is a process of its own."""

    def cpu_seconds(self) -> float: ...

    def peak_memory(self) -> int: ...


@dataclass
class Built:
    """An engine, what it took, and its marts after the first and the second build."""

    engine: Engine
    server: Server | None
    manifest: Manifest = field(init=False)
    took: dict[str, tuple[float, float]] = field(default_factory=dict)
    marts: dict[str, dict[str, dict[tuple[Any, ...], Row]]] = field(default_factory=dict)

    def build(self, state: str, raw_dir: Path, *arguments: str) -> None:
        """Load what is new, build, and read the marts, which are compared and not tested."""
        self.engine.variables["CUSTOMER_360_RAW_DIR"] = str(raw_dir)
        with self.timed(f"{state}: load"):
            self.engine.load(raw_dir)
        with self.timed(f"{state}: build"):
            self.engine.build("--exclude-resource-type", "test", "unit_test", *arguments)
        with self.engine.target() as target:
            self.manifest = target.manifest
            self.marts[state] = {mart.name: read(target, mart) for mart in self.all_marts()}

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Notes what a step takes."""
        wall, cpu = monotonic(), self.cpu_seconds()
        yield
        self.took[step] = monotonic() - wall, self.cpu_seconds() - cpu

    def cpu_seconds(self) -> float:
        """Of this process and of the engine's, where it is one of this machine."""
        return process_time() + (self.server.cpu_seconds() if self.server else 0)

    def all_marts(self) -> list[Mart]:
        return all_marts(self.manifest)


@dataclass
class Company:
    """Its raw folders, and every engine that has been asked for.

    start: reaches an engine by its name, and gives the server of a stand-in that is a process.
    """

    folder: Path
    start: Callable[[str], tuple[Engine, Server | None]]
    engines: dict[str, Built] = field(default_factory=dict)

    @property
    def raw_dir(self) -> Path:
        """The files after all that came."""
        return self.folder / "then" / "raw"

    def __getitem__(self, name: str) -> Built:
        if name not in self.engines:
            built = Built(*self.start(name))
            built.build("full", self.folder / "first" / "raw")
            # views are as they were, and so are seeds
            built.build("increment", self.raw_dir, "seed", "--exclude", "config.materialized:view")
            self.engines[name] = built
            self.write_times()
        return self.engines[name]

    def write_times(self) -> None:
        lines = []
        for name, each in self.engines.items():
            took = [
                f"{step} {wall:.0f} s, {cpu:.0f} CPU s" for step, (wall, cpu) in each.took.items()
            ]
            if each.server:
                took.append(f"peak memory of the server {each.server.peak_memory() / 2**30:.2f} GB")
            lines.append(f"{name:<11} " + "; ".join(took))
        TIMES.parent.mkdir(exist_ok=True)
        TIMES.write_text("\n".join(lines) + "\n")
