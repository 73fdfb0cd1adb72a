"""Files damaged in every way we could think of: all rows are read, or an error names the file.

CUSTOMER_360_FUZZ says how many files (600); one of fifty goes through dbt, no less than 20.
"""

import csv
import gzip
import io
import json
import os
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.load import find_files
from orchestration.load.files import BadFileError, FoundFile, examine, write_texts
from tests.support import Warehouse, failures_of
from tests.warehouse.test_awkward_files import AS_OF, LOADED, NAMES
from tests.warehouse.test_awkward_files import CUSTOMERS as ALL_COLUMNS

COUNT = int(os.environ.get("CUSTOMER_360_FUZZ", "600"))
LOADED_AT = NAMES[-1]
CUSTOMERS = replace(ALL_COLUMNS, optional=frozenset(NAMES) - {"customer_id"})
THROUGH_DBT = max(20, COUNT // 50)
DELIMITERS = ",;\t|"
VALUES = [
    "", "Ann", "José Müller", "東京", "O'Hara", 'say "hi"', "a,b;c|d\te", "two\nlines",
    "two\r\nlines", "#1", "-- x", "\\", "\\N", "NULL", "1e5", "007", " blank ", "\x01", "'", "🙂",
    "x" * 3000,
]  # fmt: skip
STRAY = [
    b"\x00", b"\xff", b"\xc3", b'"', b'""', b",", b";", b"\n", b"\r", b"\r\n", b"\n\n", b"\x1a",
    b"\\", b"#", b" ", b"\xef\xbb\xbf", b"\x80\x81",
]  # fmt: skip

Rows = list[dict[str, str]]


def rows_of(random: Random) -> Rows:
    """Some customers, whose keys tell them apart."""
    return [
        {name: random.choice(VALUES) if random.random() < 0.2 else "" for name in NAMES}
        | {"customer_id": f"c{number}", "_loaded_at": LOADED}
        for number in range(random.choice((0, 1, 2, 5, 40)))
    ]


def as_csv(random: Random, rows: Rows) -> bytes:
    names = list(NAMES)
    if random.random() < 0.3:
        random.shuffle(names)
    header = list(names)
    at = random.randrange(len(names))
    match random.randrange(14):
        case 0:
            header[at] = header[at - 1]
        case 1:
            others = ["", "Name", f" {header[at]} ", header[at].upper(), 'a"b', "a,b"]
            header[at] = random.choice(others)
        case 2:
            header.pop(at)
        case 3:
            header.append("more")
        case 4:
            header[at], header[at - 1] = header[at - 1], header[at]
    file = io.StringIO(newline="")
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    end = random.choice(("\n", "\n", "\r\n", "\r"))
    delimiter = random.choice(",,,;;\t\t||^")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(header)
    for row in rows:
        values = [row[name] for name in names]
        match random.randrange(60):
            case 0:
                values.append("")
            case 1:
                values.append("one too many")
            case 2:
                values.pop()
            case 3:
                values = []
            case 4:
                values = header
        writer.writerow(values)
    encoding = random.choice(("utf-8",) * 8 + ("utf-8-sig", "utf-16", "utf-16-be", "cp1252"))
    return file.getvalue().encode(encoding, errors="ignore")


def as_json(random: Random, rows: Rows) -> bytes:
    change: Callable[[dict[str, str]], object] = random.choice(
        [
            dict, dict, dict,
            lambda row: {name: value for name, value in row.items() if value},
            lambda row: {name.upper(): value for name, value in row.items()},
            lambda row: row | {"gender": {"a": [1, None]}, "more": 1.5},
            lambda row: [row],
        ]
    )  # fmt: skip
    end = random.choice(("\n", "\n", "\r\n", "\n\n"))
    lines = [json.dumps(change(row), ensure_ascii=random.random() < 0.5) for row in rows]
    return "".join(line + end for line in lines).encode()


def as_parquet(random: Random, rows: Rows) -> bytes:
    types = [pa.string(), pa.string(), pa.binary(), pa.large_string()]
    columns = {
        name: pa.array([row[name] for row in rows], pa.string()).cast(random.choice(types))
        for name in NAMES
        if random.random() < 0.995
    }
    columns["loyalty_points"] = pa.array([random.random() for _ in rows], pa.float64())
    if random.random() < 0.5:
        times = [datetime.fromisoformat(LOADED)] * len(rows)
        columns["_loaded_at"] = pa.array(times, pa.timestamp("us"))
    file = io.BytesIO()
    compression = random.choice(("snappy", "zstd", "none", "gzip"))
    pq.write_table(pa.table(columns), file, compression=compression, store_schema=False)
    return file.getvalue()


def damaged(random: Random, content: bytes) -> bytes:
    """Bytes cut, dropped, doubled, changed or put in."""
    start = random.randrange(len(content) + 1)
    end = min(len(content), start + random.choice((1, 2, 20, 300)))
    match random.randrange(6):
        case 0:
            return content[:start]
        case 1:
            return content[:start] + content[end:]
        case 2:
            return content[:end] + content[start:]
        case 3 if content:
            changed = content[start - 1] ^ 1 << random.randrange(8)
            return content[: start - 1] + bytes([changed]) + content[start - 1 :][1:]
        case _:
            return content[:start] + random.choice(STRAY) + content[start:]


WRITERS = {".csv": as_csv, ".json": as_json, ".parquet": as_parquet}


def fuzzed(number: int) -> tuple[str, bytes]:
    """The ending and the content of one file."""
    random = Random(f"files {number}")
    ending = random.choice((".csv",) * 7 + (".json", ".json", ".parquet"))
    content = WRITERS[ending](random, rows_of(random))
    if random.random() < 0.5:
        content = damaged(random, content)
    if ending != ".parquet" and random.random() < 0.15:
        content = gzip.compress(content, mtime=0)
        if random.random() < 0.3:
            content = damaged(random, content)
        if random.random() < 0.9:
            ending += ".gz"
    if random.random() < 0.03:
        ending = random.choice((".csv", ".csv.gz", ".json", ".parquet", ".tsv", ".NDJSON"))
    return ending, content


def unpacked(content: bytes) -> bytes:
    """What a gzip file holds, whatever its checksum says: DuckDB does not look at it."""
    assert content.startswith(b"\x1f\x8b\x08")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    whole = stream.decompress(content[10:])
    assert stream.eof
    return whole


def keys_in(ending: str, content: bytes) -> list[str | None] | None:
    """The keys of a file's rows as Python reads them; None where it cannot."""
    try:
        if ending.endswith(".gz"):
            content = unpacked(content)
        if ending == ".parquet":
            table = pq.read_table(io.BytesIO(content))
            keys = table["customer_id"].cast(pa.string()).to_pylist()
        elif "json" in ending.lower():
            if len(content) < 2:  # DuckDB takes a single byte for none
                return []
            lines = [json.loads(line) for line in content.decode().split("\n") if line.strip()]
            keys = [None if row is None else row.get("customer_id") for row in lines]
        else:
            text = content.decode("utf-8-sig")
            csv.field_size_limit(1 << 30)
            delimiter = max(
                DELIMITERS, key=re.sub('"[^"]*"', "", re.split("[\r\n]", text)[0]).count
            )
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            names = [name.strip().lower() for name in next(reader)]
            at = names.index("customer_id")
            keys = [row[at] for row in reader if row]
    except Exception:
        return None
    return sorted((key or None for key in keys), key=str)


def is_whole_parquet(keys: list[str | None] | str, ending: str, content: bytes) -> bool:
    """Whether all rows of a Parquet file were read whose checksums Python alone looks at."""
    if ending != ".parquet" or keys_in(ending, content) is not None:
        return False
    return len(keys) == pq.ParquetFile(io.BytesIO(content)).metadata.num_rows


def outcome(file: FoundFile, texts: Path) -> tuple[str, list[str | None] | str]:
    """What becomes of a file: its keys where it is read, else the reason why not."""
    try:
        raw = examine(file, CUSTOMERS)
        if raw.described["format"] != "json" and LOADED_AT not in map(str.lower, raw.columns):
            return "refused", "dbt reads it in place, so it must have the time"
        write_texts(raw, texts, datetime.fromisoformat(LOADED))
    except BadFileError as error:
        return "refused", str(error)
    rows = duckdb.execute(f"select customer_id from '{texts}'").fetchall()
    return "read", sorted((key for (key,) in rows), key=str)


def test_every_row_of_a_damaged_file_is_read_or_the_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for start in range(0, COUNT, 100):
        files = {number: fuzzed(number) for number in range(start, min(start + 100, COUNT))}
        folder = tmp_path / "raw"
        (folder / "retail").mkdir(parents=True)
        for number, (ending, content) in files.items():
            (folder / "retail" / f"customers.{number}{ending}").write_bytes(content)
        for file in find_files(folder, [("retail", "customers")]):
            number = int(file.name.split(".")[1])
            became, said = outcome(file, tmp_path / "texts.parquet")
            keys = keys_in(*files[number])
            if became == "read" and said != keys and not is_whole_parquet(said, *files[number]):
                wrong.append((number, file.name, said, keys))
            counts[f"{became}, {'sound' if keys is not None else 'unsound'} to Python"] += 1
        shutil.rmtree(folder)
    with capsys.disabled():
        print(f"\n{COUNT} damaged files: {dict(sorted(counts.items()))}")
    assert wrong == []
    assert sum(counts.values()) == COUNT
    assert counts["read, sound to Python"] > COUNT / 5


def test_dbt_reads_every_row_of_a_damaged_file_or_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = ("transactions", "transaction_items", "products", "stores")
    absent = [f"retail.{name}" for name in tables]
    variables = {"sources": ["retail"], "absent_tables": absent, "as_of_date": AS_OF}
    folder = tmp_path / "raw" / "retail"
    folder.mkdir(parents=True)
    counts: Counter[str] = Counter()
    wrong = []
    for number in count():
        ending, content = fuzzed(number)
        path = folder / f"customers{ending}"
        path.write_bytes(content)
        # a file of its own: an error of dbt's keeps the connection to the last one
        warehouse = Warehouse(tmp_path / str(number), tmp_path / "raw", variables)
        [file] = find_files(warehouse.raw_dir, [("retail", "customers")])
        became, why = outcome(file, tmp_path / "texts.parquet")
        if counts[became] == THROUGH_DBT // 2 or re.search("are not times|column named", str(why)):
            path.unlink()  # there are enough of them, or no warehouse but DuckDB refuses it
            continue
        result = warehouse.dbt(
            "build", "--select", "+base_retail__customers", "--exclude-resource-type", "test"
        )
        path.unlink()
        counts[became] += 1
        if result.success:
            rows = warehouse.value("select count(*) from staging.base_retail__customers")
            keys = keys_in(ending, content)
            if became == "refused" or keys is None or rows != len(keys):
                wrong.append((number, ending, f"{rows} rows", why, keys))
        else:
            said = failures_of(result)
            if became == "read" or path.name not in said or "There is no raw table" in said:
                wrong.append((number, ending, said, why, None))
        shutil.rmtree(warehouse.folder)
        if counts.total() == THROUGH_DBT:
            break
    with capsys.disabled():
        print(f"\n{THROUGH_DBT} damaged files through dbt: {dict(counts)}")
    assert wrong == []
