"""One small company on three engines, each built when a test first asks for it: whole, and further.

What each took is written to logs/engines.txt, which pytest prints at the end.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

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


@dataclass
class Built:
    """An engine, what it took, and its marts after the first and the second build."""

    engine: Engine
    seconds: dict[str, float] = field(default_factory=dict)
    marts: dict[str, dict[str, dict[tuple[Any, ...], Row]]] = field(default_factory=dict)

    def build(self, state: str, raw_dir: Path, *arguments: str) -> None:
        """Load what is new, build, and read the marts, which are compared and not tested."""
        began = monotonic()
        self.engine.variables["CUSTOMER_360_RAW_DIR"] = str(raw_dir)
        self.engine.load(raw_dir)
        self.seconds[f"{state}: load"] = monotonic() - began
        began = monotonic()
        self.engine.build("--exclude-resource-type", "test", "unit_test", *arguments)
        self.seconds[f"{state}: build"] = monotonic() - began
        with self.engine.target() as target:
            self.marts[state] = {mart.name: read(target, mart) for mart in self.all_marts()}

    @cached_property
    def manifest(self) -> Manifest:
        """The project as the engine reads it."""
        manifest: Manifest = self.engine.dbt("parse").result
        return manifest

    def all_marts(self) -> list[Mart]:
        return all_marts(self.manifest)


@dataclass
class Company:
    """Its raw folders, and every engine that has been asked for.

    engine: reaches one, by its name. peak_memory: of Databricks' stand-in, in bytes.
    """

    folder: Path
    engine: Callable[[str], Engine]
    peak_memory: Callable[[], int | None]
    engines: dict[str, Built] = field(default_factory=dict)

    @property
    def raw_dir(self) -> Path:
        """The files after all that came."""
        return self.folder / "then" / "raw"

    def __getitem__(self, name: str) -> Built:
        if name not in self.engines:
            built = Built(self.engine(name))
            built.build("full", self.folder / "first" / "raw")
            built.build("increment", self.raw_dir, "seed")
            self.engines[name] = built
            self.write_times()
        return self.engines[name]

    def write_times(self) -> None:
        lines = [
            f"{name:<11} "
            + ", ".join(f"{step} {seconds:.0f} s" for step, seconds in each.seconds.items())
            for name, each in self.engines.items()
        ]
        if "databricks" in self.engines and (peak := self.peak_memory()):
            lines.append(
                f"{'databricks':<11} peak memory of the Spark server {peak / 2**30:.2f} GB"
            )
        TIMES.parent.mkdir(exist_ok=True)
        TIMES.write_text("\n".join(lines) + "\n")
