"""`python -m orchestration.load` on DuckDB: what it prints, its exit codes, what it leaves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.load.__main__ import main
from orchestration.load.files import BadFileError, check_times, examine, write_texts
from orchestration.platform.warehouse import RawTable
from tests.engines.engine import engine_at
from tests.orchestration.raw_files import found, write_file
from tests.support import environment

NOW = datetime(2026, 6, 30, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a profile, a warehouse and what dbt writes; the environment leads there."""
    folder = tmp_path_factory.mktemp("load")
    with environment(**engine_at("duckdb", None, folder).variables):
        yield folder


def load(raw_dir: Path, *options: str) -> int:
    return main(["--raw-dir", str(raw_dir), *options])


def test_the_exit_code_says_whether_a_file_was_rejected(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_file(tmp_path, "retail/customers.parquet", 3)
    assert load(tmp_path) == 0
    assert "Checked 1 files (3 rows), skipped 0" in capsys.readouterr().out
    (tmp_path / "retail" / "stores.csv").write_bytes(b"")
    assert load(tmp_path) == 1
    said = capsys.readouterr().out
    assert "rejected retail/stores.csv: it is empty (0 bytes)" in said
    assert "skipped 1" in said
    assert load(tmp_path, "--source", "web") == 0
    # nothing keeps the warehouse's file
    with duckdb.connect(str(folder / "customer_360.duckdb")) as connection:
        found = connection.execute("select file_name, status from operations.load_journal")
        assert found.fetchall() == [("customers.parquet", "loaded"), ("stores.csv", "rejected")]


def test_what_cannot_run_is_said_with_exit_code_2(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, "--source", "retial") == 2
    assert "'retial' is unknown. Known: " in capsys.readouterr().err
    assert load(tmp_path / "nowhere") == 2
    assert "There is no folder" in capsys.readouterr().err
    assert load(tmp_path, "--vars", "{sources: [nothing]}") == 2
    assert "unknown 'nothing'" in capsys.readouterr().err


def test_files_of_a_source_that_is_switched_off_are_left_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_file(tmp_path, "web/events.parquet", 1)
    write_file(tmp_path, "retail/customers.off.parquet", 1)
    assert load(tmp_path, "--vars", "{sources: [retail]}") == 0
    assert "Checked 1 files (1 rows), skipped 1 that" in capsys.readouterr().out


def test_a_table_may_have_files_of_several_formats(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("csv", "json", "parquet"):
        write_file(tmp_path, f"retail/products.{name}", 1)
    assert load(tmp_path) == 0
    assert "Checked 3 files (3 rows)" in capsys.readouterr().out


@pytest.mark.parametrize("extension", ["parquet", "csv", "json"])
def test_the_texts_of_a_file_are_those_that_staging_reads_in_place(
    tmp_path: Path, extension: str
) -> None:
    """Staging casts every column that DuckDB reads in place to text."""
    values = [1.5, 1e20, 0.1, None]
    columns = {"amount": values, "is_won": [True, False, None, True]}
    path = write_file(tmp_path, f"salesforce/opportunity.{extension}", 4, **columns)
    names = ("id", "amount", "is_won")
    table = RawTable("salesforce", "opportunity", None, names, frozenset(), "_loaded_at")
    file = examine(found(path), table)
    assert write_texts(file, tmp_path / "texts.parquet", NOW) == 4
    query = "select id, cast(amount as varchar), cast(is_won as varchar) from "
    written = duckdb.sql(f"select id, amount, is_won from '{tmp_path / 'texts.parquet'}'")
    assert written.types == ["VARCHAR"] * 3
    assert written.fetchall() == duckdb.sql(query + file.reader).fetchall()


def test_an_error_shows_no_value_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('{"id": "1"}\n{"id": "ann@example.com", }}\n')
    table = RawTable("customer_io", "people", None, ("id",), frozenset(), "_loaded_at")
    with pytest.raises(Exception, match="cannot be read: ") as error:
        write_texts(examine(found(path), table), tmp_path / "texts.parquet", NOW)
    assert "ann@" not in str(error.value)


PEOPLE = RawTable("customer_io", "people", None, ("id", "name"), frozenset(), "_loaded_at")


def texts_of(path: Path) -> list[tuple[object, ...]]:
    """The rows that the loader brings into a warehouse."""
    target = path.parent / "texts.parquet"
    write_texts(examine(found(path), PEOPLE), target, NOW)
    return duckdb.sql(f"select id, name from '{target}' order by 1").fetchall()


def test_no_row_of_a_csv_file_is_taken_for_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name,_loaded_at\n#1,Ann,2026-01-01\n2,# Bob,2026-01-01\n", "utf-8")
    assert texts_of(path) == [("#1", "Ann"), ("2", "# Bob")]


def test_parquet_text_without_its_mark_is_text(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    names = "encode('1') as id, encode('José Müller') as name, '2026-01-01' as _loaded_at"
    duckdb.sql(f"copy (select {names}) to '{path}' (format parquet)")
    assert texts_of(path) == [("1", "José Müller")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id,name,_loaded_at\n1,Ann,2026-01-01\n2,Bob,Jr,2026-01-01\n", "in line 3 more values"),
        ("id,name,_loaded_at\n1,Ann\n", "in line 2 fewer values"),
        ("\nid,name,_loaded_at\n1,Ann,2026-01-01\n", "has an empty first line"),
        ("id,name,Name,_loaded_at\n", "names a column twice: name"),
        ("id,name,_loaded_at\n1,Ann,2026-01-01\n2,Zoë,2026-01-01\n", "not in UTF-8 (line 3)"),
        ("id,naïve,_loaded_at\n", "is not in UTF-8"),
        ('id,"na"me,_loaded_at\n1,Bob,2026-01-01\n', "has in line 1 a quote"),
        ('id,name,_loaded_at,"note\n1,Bob,2026-01-01,\n', "has in line 1 a quote"),
        ("id^name^_loaded_at\n1^Bob^2026-01-01\n", "Separate its columns by comma"),
        ("id,name,_loaded_at\r\n1,Bob,2026-01-01\n", "end in more than one way"),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(content, encoding="latin-1", newline="")
    with pytest.raises(BadFileError) as error:
        check_times(examine(found(path), PEOPLE))
    assert reason in str(error.value)
    assert "Bob" not in str(error.value)
