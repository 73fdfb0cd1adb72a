"""What the warehouse remembers of dbt's runs, on each engine."""

from typing import Any

from orchestration.platform.warehouse import Target
from tests.engines.engine import Engine
from tests.support import environment


def history(target: Target, columns: str) -> list[tuple[Any, ...]]:
    relation = target.operations.incorporate(path={"identifier": "run_history"})
    return target.query(f"select {columns} from {relation} order by 1")


def test_runs_are_remembered_for_a_while(engine: Engine) -> None:
    with environment(CUSTOMER_360_RUN_ID="of Dagster"):
        assert engine.dbt("seed", "--select", "rfm_segments", "nicknames").success
    with engine.target() as target:
        rows = history(target, "node, resource_type, status, command, dagster_run_id")
        assert rows == [
            (f"seed.customer_360.{name}", "seed", "success", "seed", "of Dagster")
            for name in ("nicknames", "rfm_segments")
        ]
        measured = history(target, "count(*), count(started_at), count(dbt_version), min(seconds)")
        [(count, started, versions, seconds)] = measured
        assert (count, started, versions) == (2, 2, 2) and seconds > 0
        relation = target.operations.incorporate(path={"identifier": "run_history"})
        target.execute(
            f"update {relation} set invoked_at = cast('2020-01-01 00:00:00' as {target.timestamp})"
        )
    assert engine.dbt("seed", "--select", "rfm_segments").success
    with engine.target() as target:
        assert history(target, "node, dagster_run_id") == [("seed.customer_360.rfm_segments", None)]
