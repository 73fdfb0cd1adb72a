"""A raw layer of typed columns, of texts, or of both, gives the same warehouse."""

from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.gates.__main__ import main as check_gate
from tests.gates.conftest import of_warehouse
from tests.support import REPOSITORY, Warehouse, tables_that_differ

# What loaders and data frames make of the types of a contract.
TYPES = {"bigint": "double", "numeric": "double", "timestamp": "timestamp with time zone"}


def contracts() -> dict[tuple[str, str], dict[str, str]]:
    """Column -> type, of each raw table."""
    found = {}
    for path in (REPOSITORY / "models" / "staging").glob("*/_*__base.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            source, table = model["name"].removeprefix("base_").split("__")
            columns = {column["name"]: column["data_type"] for column in model["columns"]}
            found[source, table] = columns
    return found


def as_text(column: str, _kind: str) -> str:
    return f"cast({column} as varchar)"


def as_typed(column: str, kind: str) -> str:
    name = kind.split("(", maxsplit=1)[0]
    return column if kind == "string" else f"cast({column} as {TYPES.get(name, kind)})"


# How each half of the rows is written.
SPELLINGS = {
    "texts": (as_text, as_text),
    "types": (as_typed, as_typed),
    "both": (as_text, as_typed),
}


def write(warehouse: Warehouse, raw_dir: Path, which: str) -> None:
    """Writes the rows that a warehouse accepted as raw files again, each table in two halves."""
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for (source, table), columns in contracts().items():
            (raw_dir / source).mkdir(parents=True, exist_ok=True)
            for half, spelled in enumerate(SPELLINGS[which]):
                names = [f"{spelled(name, kind)} as {name}" for name, kind in columns.items()]
                names.append(f"{spelled('loaded_at', 'timestamp')} as _loaded_at")
                connection.execute(
                    f"copy (select {', '.join(names)} from staging.base_{source}__{table}"
                    f" where judgement = 'accepted' and hash(row_key) % 2 = {half}"
                    f" order by row_key) to '{raw_dir}/{source}/{table}.{half}.parquet'"
                )


def build(warehouse: Warehouse, folder: Path, which: str) -> Warehouse:
    write(warehouse, folder / "raw", which)
    built = Warehouse(folder, folder / "raw", warehouse.variables)
    built.build(tests=False)
    return built


@pytest.fixture(scope="module")
def texts(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(warehouse, tmp_path_factory.mktemp("texts"), "texts")


@pytest.mark.parametrize("which", ["types", "both"])
def test_types_change_nothing(
    which: str, warehouse: Warehouse, texts: Warehouse, tmp_path: Path
) -> None:
    built = build(warehouse, tmp_path, which)
    assert texts.value("select count(*) from marts.orders") > 0
    assert tables_that_differ(texts, built, least=100, of_other_runs=True) == []
    with of_warehouse(built):
        report = ["--report", str(tmp_path / "report.html")]
        assert check_gate(["raw", "--vars", yaml.safe_dump(built.variables), *report]) == 0
