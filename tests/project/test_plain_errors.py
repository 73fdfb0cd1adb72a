"""What a person does wrong ends in a line that says what to do, never in a traceback."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_common.exceptions import DbtBaseException

from demo.__main__ import main as demo
from orchestration.gates import __main__ as gates
from orchestration.load.__main__ import main as load
from orchestration.publish import main as publish
from tests.support import REPOSITORY, Warehouse, environment

HOLDER = (
    "import duckdb, sys; file = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse that another process has open."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "raw").mkdir()
    warehouse = Warehouse(folder, folder / "raw")
    duckdb.connect(str(warehouse.database)).close()
    command = [sys.executable, "-c", HOLDER, str(warehouse.database)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as holder:  # type: ignore[call-overload]
        assert holder.stdout.readline() == "open\n"
        yield warehouse
        holder.communicate("\n")


def test_a_build_beside_another_one_says_who_has_the_warehouse(
    locked: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    result = locked.dbt("seed", "--select", "rfm_segments")
    assert isinstance(result.exception, DbtBaseException), "dbt shows a traceback of all others"
    assert "Another run, or another program, has the warehouse open" in str(result.exception)
    options = ["--profiles-dir", str(locked.folder), "--project-dir", str(REPOSITORY)]
    with environment(
        CUSTOMER_360_DUCKDB=str(locked.database), CUSTOMER_360_RAW_DIR=str(locked.raw_dir)
    ):
        assert load(options) == 2
        assert gates.main(["raw", *options]) == 2
        assert publish(options) == 2
    assert capsys.readouterr().err.count("has the warehouse open: wait until it has ended") == 3


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, tmp_path / "raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Warehouse, "database", tmp_path / "nowhere" / "customer_360.duckdb")
        result = warehouse.dbt("seed", "--select", "rfm_segments")
    assert isinstance(result.exception, DbtBaseException)
    assert f"There is no folder {tmp_path / 'nowhere'}" in str(result.exception)


def test_a_data_test_that_fails_says_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = Warehouse(tmp_path, tmp_path / "raw")
    warehouse.raw_dir.mkdir()
    seeds = ["--select", "rfm_segments", "identifier_blocklist", "identifier_types"]
    seeds += ["identifier_namespaces", "identity_overrides"]
    warehouse.build(*seeds, tests=False)
    with duckdb.connect(str(warehouse.database)) as connection:
        connection.execute(
            "update reference.rfm_segments set rfm_segment = case monetary_score"
            " when 1 then 'Champion' when 2 then 'ann.lee@box.example' else rfm_segment end"
        )
        connection.execute("update reference.identifier_blocklist set identifier_type = 'mail'")
        # caps that would not hold
        connection.execute("update reference.identifier_types set max_people_per_value = 3")
        connection.execute("update reference.identifier_types set window_days = 30")
        connection.execute("update reference.identifier_namespaces set source_name = 'extrenal'")
        connection.execute(
            "insert into reference.identity_overrides (left_record_key, right_record_key, decision)"
            " values ('cus_0123456789abcdef', 'cus_fedcba9876543210', 'link')"
        )
    assert not warehouse.dbt("--no-quiet", "test", *seeds).success
    said = capsys.readouterr().out
    assert "value_field Champion, n_records 25" in said
    assert "value_field …, n_records 25" in said
    assert "ann.lee" not in said
    assert "identifier_type mail" in said
    assert "remedy name a type of the seed identifier_types, or * for all" in said
    assert "identifier_type cookie_id, remedy a device never joins two people" in said
    assert "remedy window_days holds of devices alone" in said
    assert "remedy name each record by its record_key" in said
    assert "source_name extrenal, identifier_type loyalty_id, remedy name a system" in said


def test_away_from_the_project_its_folder_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DBT_PROJECT_DIR", raising=False)
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    assert [load([]), gates.main(["raw"]), publish([]), demo([])] == [2, 2, 2, 2]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert all("start from the project's folder, or name it" in line for line in said)
    profile = ["--project-dir", str(REPOSITORY), "--profiles-dir", str(tmp_path)]
    assert load(profile) == 2
    assert "copy profiles.yml.example to profiles.yml" in capsys.readouterr().err


def test_gates_without_great_expectations_name_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gates, "find_spec", lambda name: None)
    assert gates.main(["raw"]) == 2
    assert "pip install -c constraints.txt -e '.[orchestration]'" in capsys.readouterr().err
