"""Finds the simulated people in what the project writes: logs, events, reports, messages."""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import yaml

from tests.support import REPOSITORY

# What a column holds, by a part of its name. Other columns with personal data (a city, a gender, a
# day of birth) have values that logs hold for other reasons too.
KINDS = {
    "email": "email",
    "phone": "phone",
    "first_name": "first_name",
    "last_name": "last_name",
    "street": "address",
    "address_line": "address",
}
_CODE = ("expectations", "macros", "models", "orchestration", "seeds")
_SHORTEST_NAME, _SHORTEST_NUMBER, _SHORTEST_ADDRESS = 5, 9, 8
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class People:
    """What names people, as `plain` writes it. numbers: the last nine digits of telephones."""

    emails: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    last_names: frozenset[str]
    addresses: frozenset[str]

    def found_in(self, text: str) -> set[str]:
        """Everything in a text that names one of them."""
        as_written = plain(text)
        digits = re.sub(r"(?<=\d)[ ().\-/]+(?=\d)", "", as_written)
        wholes = self.emails | self.names | self.addresses
        found = {whole for whole in wholes if whole in as_written}
        found |= {number for number in self.numbers if number in digits}
        return found | (self.last_names & {*_WORD.findall(as_written)})


def plain(text: str) -> str:
    """A text without what JSON, HTML and SQL do to it, nor case, accents and runs of spaces."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    text = html.unescape(text).replace("''", "'").replace("\\n", " ").replace("\\t", " ")
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(letters.split())


def people_of(raw_dir: Path) -> People:
    """All people in the raw files, in every spelling that a column with personal data has."""
    values: dict[str, set[str]] = {kind: set() for kind in KINDS.values()}
    names: set[str] = set()
    for table, columns in personal_columns().items():
        files = f"read_parquet('{raw_dir}/{table}*.parquet', union_by_name = true)"
        there = {name for name, *_ in duckdb.execute(f"describe from {files}").fetchall()}
        for column in there.intersection(columns):
            rows = duckdb.execute(f'select distinct "{column}" from {files}').fetchall()
            for part, kind in KINDS.items():
                if part in column:
                    values[kind] |= {plain(str(value)) for (value,) in rows if value}
        if {"first_name", "last_name"} <= {*columns}:
            rows = duckdb.execute(f"select first_name, last_name from {files}").fetchall()
            names |= {plain(" ".join(row)) for row in rows if all(row)}
    numbers = {re.sub(r"\D", "", re.split("ext|x", phone)[0]) for phone in values["phone"]}
    return People(
        frozenset(email for email in values["email"] if "@" in email),
        frozenset(
            number[-_SHORTEST_NUMBER:]
            for number in numbers
            if len(number) >= _SHORTEST_NUMBER and len({*number}) > 1
        ),
        frozenset(name for name in names if " " in name),
        frozenset(
            name for name in values["last_name"] if len(name) >= _SHORTEST_NAME
        ) - _words_of_the_project(),
        frozenset(
            address
            for address in values["address"]
            if len(address) >= _SHORTEST_ADDRESS and re.search(r"\d", address)
        ),
    )  # fmt: skip


def personal_columns() -> dict[str, list[str]]:
    """The columns that contracts mark as personal data, by raw table (`retail/customers`)."""
    columns: dict[str, list[str]] = {}
    for file in (REPOSITORY / "models" / "staging").glob("*/_*__base.yml"):
        for model in yaml.safe_load(file.read_text())["models"]:
            table = model["name"].removeprefix("base_").replace("__", "/")
            columns[table] = [
                column["name"]
                for column in model["columns"]
                if column.get("config", {}).get("meta", {}).get("pii")
            ]
    return {table: found for table, found in columns.items() if found}


@cache
def _words_of_the_project() -> frozenset[str]:
    """Words that stand in the project's own files, so that logs may hold them too."""
    files = [path for folder in _CODE for path in (REPOSITORY / folder).rglob("*.*")]
    texts = (path.read_text(encoding="utf-8") for path in files if path.suffix != ".pyc")
    return frozenset(word for text in texts for word in _WORD.findall(plain(text)))


def files_that_name(people: People, files: Iterable[Path]) -> dict[str, set[str]]:
    """What of people stands in which of some text files."""
    found = {
        str(path): people.found_in(path.read_text(encoding="utf-8", errors="replace"))
        for path in files
    }
    return {path: values for path, values in found.items() if values}
