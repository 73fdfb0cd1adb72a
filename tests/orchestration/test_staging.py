"""Statements that only a real Databricks account runs: volumes are not in open-source Spark."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.adapters.databricks.relation import DatabricksRelation
from dbt.contracts.graph.manifest import Manifest

from orchestration.load.staging import staged
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the warehouse."""
    statements: list[str] = []
    monkeypatch.setattr(Target, "execute", lambda self, sql: statements.append(sql))
    return statements


@pytest.fixture
def databricks(tmp_path: Path) -> Target:
    adapter: Any = SimpleNamespace(type=lambda: "databricks")
    operations = DatabricksRelation.create("company", "dev_operations", "rejected_records")
    return Target(adapter, Manifest(), {}, frozenset(), operations, tmp_path)


def test_files_go_through_a_volume_beside_the_journal(
    databricks: Target, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMER_360_STAGING", raising=False)
    place = "/Volumes/company/dev_operations/load_staging/a.parquet"
    with staged(databricks, Path("/tmp/it's/a.parquet"), ["id"]) as rows:
        assert rows == f"parquet.`{place}`"
        assert said == [
            "create volume if not exists `company`.`dev_operations`.load_staging",
            f"put '/tmp/it\\'s/a.parquet' into '{place}' overwrite",
        ]
    assert said[2:] == [f"remove '{place}'"]


def test_a_volume_of_the_company_is_used_as_it_is(
    databricks: Target, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_360_STAGING", "/Volumes/company/landing/files/")
    with staged(databricks, Path("/tmp/a.parquet"), ["id"]) as rows:
        assert rows == "parquet.`/Volumes/company/landing/files/a.parquet`"
    assert len(said) == 2


def test_a_staging_place_that_is_no_folder_is_said(
    databricks: Target, said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CUSTOMER_360_STAGING", str(tmp_path / "nowhere"))
    with (
        pytest.raises(CannotRunError, match="CUSTOMER_360_STAGING is"),
        staged(databricks, Path("/tmp/a.parquet"), ["id"]),
    ):
        raise AssertionError("nothing was staged")
    assert said == []
