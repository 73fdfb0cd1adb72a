"""Runs dbt in this process and counts: `python -m benchmarks.cost.nodes OPTION …`.

Prints JSON: for each kind of node how many there were, CPU seconds and statements, and the CPU
seconds of the whole command, without the imports. One thread, so that what passes between the start
and the end of a node is the node's.
"""

import json
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg


@dataclass
class Kind:
    """The nodes of one kind: how many, and what they took together."""

    nodes: int = 0
    cpu_seconds: float = 0.0
    statements: int = 0


def measure(arguments: list[str]) -> tuple[dict[str, Kind], float]:
    """What a command of dbt takes, by kind of node and altogether.

    Raises:
        SystemExit: dbt failed.
    """
    kinds: dict[str, Kind] = defaultdict(Kind)
    started: dict[str, float] = {}

    def note(event: EventMsg) -> None:
        node = getattr(event.data, "node_info", None)
        if node is None or not node.unique_id:
            return
        kind = kinds[kind_of(node.resource_type, node.materialized, node.node_name)]
        if event.info.name == "NodeStart":
            started[node.unique_id] = time.process_time()
        elif event.info.name == "SQLQuery":
            kind.statements += 1
        elif event.info.name == "NodeFinished":
            kind.nodes += 1
            kind.cpu_seconds += time.process_time() - started[node.unique_id]

    began = time.process_time()
    done = dbtRunner(callbacks=[note]).invoke(["--quiet", *arguments, "--threads", "1"])
    seconds = time.process_time() - began
    if not done.success:
        raise SystemExit(f"dbt {' '.join(arguments)} failed: {done.exception or done.result}")
    return kinds, seconds


def kind_of(resource_type: str, materialized: str, name: str) -> str:
    """How the nodes are grouped: models by the first part of their names and what they become."""
    if resource_type != "model":
        return resource_type
    prefix, _, _ = name.partition("_")
    layer = f"{prefix}_" if prefix in ("base", "stg", "map", "int") else "mart or operations"
    return f"{layer} ({materialized})"


if __name__ == "__main__":
    measured, total = measure(sys.argv[1:])
    print(
        json.dumps(
            {"kinds": {name: asdict(kind) for name, kind in measured.items()}, "total": total}
        )
    )
