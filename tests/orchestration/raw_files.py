"""Small raw files that keep the contract of their tables."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.load.files import FoundFile, find_files
from simulator.tables import TABLES
from simulator.writer import convert

LOADED_AT = "2026-06-30 01:02:03.5"


def write_file(
    folder: Path,
    name: str,
    rows: int = 3,
    *,
    without: tuple[str, ...] = (),
    **columns: Any,
) -> Path:
    """A file `<source>/<table>[.part].<format>` of numbered rows, all text but what is given."""
    path = folder / name
    source, table = path.parent.name, path.name.split(".")[0]
    values = {column: [f"{column} {row}" for row in range(rows)]
              for column in TABLES[f"{source}.{table}"].columns}  # fmt: skip
    values["_loaded_at"] = [LOADED_AT] * rows
    values |= columns
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet = path.with_suffix(".parquet")
    pq.write_table(pa.table({k: v for k, v in values.items() if k not in without}), parquet)
    return parquet if path == parquet else convert(parquet, path.suffix[1:])


def found(path: Path) -> FoundFile:
    """A file as the loader finds it."""
    [file] = [file for file in find_files(path.parent) if file.path == path]
    return file
