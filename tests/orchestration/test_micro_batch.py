"""A file that lands starts one micro-batch; nothing is run here."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.sensors import LandingFolder, landing_sensor


@pytest.fixture
def landing(tmp_path: Path) -> LandingFolder:
    (tmp_path / "web").mkdir()
    return LandingFolder(path=str(tmp_path))


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


@dg.job(name="micro_batch")
def job() -> None:
    """Stands for the micro-batch."""


def evaluate(
    landing: LandingFolder, instance: dg.DagsterInstance, cursor: str | None
) -> tuple[list[str | None], str | None]:
    """The keys of the runs that the sensor asks for, and its cursor after that."""
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"landing": landing}
    )
    found = landing_sensor(job).evaluate_tick(context)
    keys = [request.run_key for request in found.run_requests or []]
    return keys, found.cursor or cursor


def test_a_dropped_file_starts_one_micro_batch_not_two(
    landing: LandingFolder, instance: dg.DagsterInstance
) -> None:
    assert evaluate(landing, instance, None) == ([], None)
    folder = Path(str(landing.path)) / "web"
    (folder / "events.parquet").write_bytes(b"some")
    [key], cursor = evaluate(landing, instance, None)
    # once more before the cursor was kept: the same key, of which Dagster starts one run
    assert evaluate(landing, instance, None) == ([key], cursor)
    assert evaluate(landing, instance, cursor) == ([], cursor)

    (folder / "events.0002.parquet").write_bytes(b"more")
    [next_key], next_cursor = evaluate(landing, instance, cursor)
    assert next_key != key
    assert evaluate(landing, instance, next_cursor) == ([], next_cursor)


def test_a_file_that_is_still_written_starts_nothing(
    landing: LandingFolder, instance: dg.DagsterInstance
) -> None:
    (Path(str(landing.path)) / "web" / ".events.parquet.part").write_bytes(b"half")
    assert evaluate(landing, instance, None) == ([], None)


def test_what_lands_during_a_micro_batch_comes_after_it(
    landing: LandingFolder, instance: dg.DagsterInstance
) -> None:
    (Path(str(landing.path)) / "web" / "events.parquet").write_bytes(b"some")
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert evaluate(landing, instance, "before") == ([], "before")
    instance.report_run_canceled(run)
    [_], cursor = evaluate(landing, instance, "before")
    assert cursor != "before"
