"""What we use of Dagster that is not its public API, so that an upgrade tells where to look."""

import inspect
from functools import cached_property

import dagster as dg
import dagster._core.errors
from dagster_dbt import DbtCliInvocation, DbtCliResource

from orchestration.dbt_output import first_lines_only
from orchestration.resources import Dbt
from orchestration.told import slow_steps


def test_dagster_dbt_still_reads_what_dbt_prints_in_one_place() -> None:
    said = inspect.getsource(DbtCliInvocation.stream_raw_events)
    assert "self._stream_stdout()" in said and "_stream_stdout" in vars(DbtCliInvocation), (
        f"{first_lines_only.__module__} replaces DbtCliInvocation._stream_stdout, to cut messages"
        " that may quote a row. It is gone: find where dagster-dbt reads dbt's output now, and let"
        " tests/orchestration/test_privacy.py show that no person stands on Dagster's page"
    )


def test_dagster_dbt_still_asks_for_dbts_version_in_one_place() -> None:
    assert isinstance(vars(DbtCliResource).get("_cli_version"), cached_property), (
        f"{Dbt.__module__}.Dbt replaces DbtCliResource._cli_version, which asks the package index"
        " for dbt's latest version. It is gone: see whether starting dbt still reaches a network"
    )


def test_a_failed_check_still_has_an_error_of_its_own() -> None:
    public = getattr(dg, "DagsterAssetCheckFailedError", None)
    assert public is None, "import it from dagster in orchestration/notify.py, and drop this test"
    assert issubclass(dagster._core.errors.DagsterAssetCheckFailedError, dg.DagsterError), (
        "orchestration/notify.py tells by it that a gate closed: see how Dagster says so now"
    )


def test_dagster_still_says_how_long_steps_took() -> None:
    found = inspect.signature(dg.DagsterInstance.get_run_step_stats).parameters
    assert [*found][:2] == ["self", "run_id"], (
        f"{slow_steps.__module__} reads from it when the steps of a run began and ended: find where"
        " Dagster says so now, and let tests/orchestration/test_told.py show that it is warned of"
    )
