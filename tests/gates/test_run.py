"""Gates as the command line runs them: exit codes, results, the report, and nobody's data in it."""

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.gates.__main__ import main
from orchestration.gates.run import run_gate
from orchestration.gates.skeleton import write_suites
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import open_target
from tests.gates.conftest import EXPECTATIONS
from tests.support import SYSTEMS, Warehouse


def run(gate: str, warehouse: Warehouse, *more: str) -> int:
    report = warehouse.folder / "report.html"
    options = ["--vars", yaml.safe_dump(warehouse.variables), "--report", str(report), *more]
    return main([gate, *options])


def test_a_failing_raw_gate_closes_the_gate_and_writes_no_personal_value(
    mine: Warehouse, world: Path
) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("update raw_retail.customers set customer_id = 'C0'")
        connection.execute("update raw_retail.customers set customer_status = email_address")
        connection.execute("update raw_cx_survey.survey_response set nps_rating = comments")
        connection.execute("delete from raw_web.events where rowid % 10 < 6")

    assert run("raw", mine) == 1

    failed = mine.query(
        "select table_name, expectation from operations.quality_results "
        "where not success and severity = 'critical'"
    )
    assert ("retail.customers", "expect_column_values_to_be_unique") in failed
    assert ("web.events", "expect_table_row_count_to_be_between") in failed
    report = (mine.folder / "report.html").read_text()
    # one row in nine is 11.11111111111111 %, which reads like a telephone number
    shown = "* exclude (unexpected_percent)"
    results = str(mine.query(f"select {shown} from operations.quality_results"))
    assert "http" not in report.replace("https://www.w3.org", "")
    assert "retail.customers" in report
    for value in personal_values(world):
        assert value not in report, value
        assert value not in results, value


def test_a_warning_leaves_the_gate_open_and_is_recorded(mine: Warehouse) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("update raw_retail.transactions set channel = 'PIGEON'")

    assert run("raw", mine) == 0

    assert mine.value(
        "select count(*) from operations.quality_results where table_name = 'retail.transactions' "
        "and column_name = 'channel' and not success and severity = 'warning'"
    ) == 1  # fmt: skip


def test_a_table_that_is_gone_closes_the_gate(mine: Warehouse) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("drop table raw_retail.transactions")

    assert run("raw", mine) == 1


def test_a_column_that_is_gone_closes_the_gate_until_somebody_says_that_it_stays_gone(
    mine: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("alter table raw_retail.customers drop column gender")

    assert run("raw", mine) == 1
    said = capsys.readouterr().out
    assert "retail.customers: expect_table_columns_to_match_set: without gender" in said
    assert "--without retail.customers.gender" in " ".join(said.split())
    assert run("raw", mine, "--without", "retail.customers.gendre") == 2
    assert run("raw", mine, "--without", "retail.customers.gender") == 0
    assert run("raw", mine) == 0


def test_tables_without_suites_are_named_and_their_skeletons_pass(
    mine: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, folder, ignore=shutil.ignore_patterns("*.*.yml"))
    options = ["--expectations", str(folder)]
    assert run("raw", mine, *options) == 2
    said = capsys.readouterr().err
    assert all(f"python -m orchestration.gates.skeleton {source}" in said for source in SYSTEMS)

    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        written = [path for source in SYSTEMS for path in write_suites(target, source, folder)]
        assert len(written) == len([*(EXPECTATIONS / "raw").iterdir()])
        with pytest.raises(CannotRunError, match="'wbe' has no table that is switched on"):
            write_suites(target, "wbe", folder)
    (folder / "raw" / "web.events.yml").unlink()
    assert run("raw", mine, *options) == 0
    assert "nothing checks web.events, which have no suite" in capsys.readouterr().out

    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("update raw_support.tickets set satisfaction = '7'")
        connection.execute("update raw_retail.customers set customer_id = 'C0'")
    assert run("raw", mine, *options) == 1
    assert "satisfaction_out_of_bounds" in capsys.readouterr().out


def test_a_check_of_one_table_leaves_what_identity_is_compared_with(mine: Warehouse) -> None:
    remembered = "select * from operations.last_identity_map order by all"
    before = mine.query(remembered)
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("update identity.int_identity__map set customer_id = 'cus_' || rowid")

    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        assert run_gate("conformed", target, only=["int_tickets"]).passed
        with pytest.raises(CannotRunError, match="no_table"):
            run_gate("conformed", target, only=["int_tickets", "no_table"])

    assert before and mine.query(remembered) == before


def test_what_cannot_run_says_so(
    mine: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("marts", mine, "--expectations", str(tmp_path / "nowhere")) == 2
    assert "nowhere" in capsys.readouterr().err


def personal_values(world: Path) -> list[str]:
    """Emails, telephone numbers and surnames of the simulated people, long enough to be told."""
    files = f"{world}/retail/customers.parquet"
    columns = ["email_address", "phone_number", "last_name"]
    union = " union ".join(f"select trim({column}) as value from '{files}'" for column in columns)
    rows = duckdb.sql(
        # a placeholder is a word of the report, too
        f"select value from ({union}) where length(value) > 6 and lower(value) <> 'unknown'"
    ).fetchall()
    assert len(rows) > 100
    return [value for (value,) in rows]
