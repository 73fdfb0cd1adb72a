"""Days that no night was of are named by the next one, and made by the job backfill."""

import json
import shutil
from pathlib import Path

import pytest

from tests.orchestration.company import Company
from tests.orchestration.test_night import steps_of
from tests.support import WORLD_END, Warehouse, tables_that_differ

pytestmark = pytest.mark.slow

MISSED, NEXT_NIGHT = "2026-07-01", "2026-07-02"
BACKFILL = f"dg launch --job backfill --partition-range {MISSED}...{MISSED}"
DAYS = "select distinct cast(alert_date as varchar) from measures.int_alert_days order by 1"


@pytest.fixture(scope="module")
def after_a_gap(first_night: Company, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company, that had no night on the day after its first."""
    return first_night.copy(tmp_path_factory.mktemp("backfill") / "nights")


def night(company: Company) -> tuple[set[str], bool]:
    """What a night builds and tests, and whether it names the missed day."""
    said = len(company.said)
    with company.on(NEXT_NIGHT):
        run = company.run("nightly")
    assert run.success, company.told
    return company.built_by(run), any(BACKFILL in line for line in company.said[said:])


def test_a_night_names_the_days_since_the_last(after_a_gap: Company) -> None:
    _, named = night(after_a_gap)
    assert named
    assert after_a_gap.query(DAYS) == [(WORLD_END,), (NEXT_NIGHT,)]


def test_a_backfill_makes_them_and_leaves_all_else(after_a_gap: Company, tmp_path: Path) -> None:
    company = after_a_gap
    before, now = (Warehouse(folder, company.raw_dir) for folder in (tmp_path, company.folder))
    shutil.copy(now.database, before.database)
    published = company.published.read_bytes()
    days = {
        "dagster/asset_partition_range_start": WORLD_END,
        "dagster/asset_partition_range_end": MISSED,
    }
    with company.on(NEXT_NIGHT):
        run = company.run("backfill", tags=days)
    assert run.success, company.told
    assert steps_of(run) == ["dbt_backfill"]
    assert company.query(DAYS) == [(WORLD_END,), (MISSED,), (NEXT_NIGHT,)]
    assert set(tables_that_differ(before, now, least=80)) == {
        "measures.int_alert_days", "operations.built_tables",
    }  # fmt: skip
    known = "select node from operations.built_tables where inputs is not null"
    assert {name for (name,) in before.query(known)} - {name for (name,) in now.query(known)} == {
        "model.customer_360.int_alert_days", "model.customer_360.customer_metrics_daily",
    }  # fmt: skip
    assert company.published.read_bytes() == published


def test_the_next_night_builds_what_reads_them_and_names_them_no_more(
    after_a_gap: Company,
) -> None:
    manifest = json.loads((after_a_gap.folder / "target" / "manifest.json").read_text())
    read = {"model.customer_360.int_alert_days"}
    while readers := {child for node in read for child in manifest["child_map"][node]} - read:
        read |= readers
    built, named = night(after_a_gap)
    models = {
        node["name"]: name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    assert {models[name] for name in built & models.keys()} == read & {*models.values()}
    assert not named
