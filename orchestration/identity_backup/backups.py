"""The folder of backups: what is in one, which are whole, how long they are kept."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.load.files import content_hash
from orchestration.platform.exceptions import CannotRunError

CONTENTS = "contents.json"
# as name_at() writes it
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
_ASIDE = ".unfinished_"


@dataclass(frozen=True)
class Table:
    """A table of a backup. columns: name -> type of the contract. sha256: of its file."""

    columns: Mapping[str, str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """A whole backup: where it is, when it was made (UTC), from what, and its tables by name."""

    folder: Path
    made_at: str
    project_version: str
    engine: str
    tables: Mapping[str, Table]

    def file(self, table: str) -> Path:
        """The Parquet file of a table."""
        return file_of(self.folder, table)


def name_at(now: datetime) -> str:
    """What a backup of a time is called, so that names are in the order of times."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def file_of(folder: Path, table: str) -> Path:
    """The Parquet file of a table in a folder."""
    return folder / f"{table}.parquet"


@contextmanager
def new_backup(folder: Path, name: str) -> Iterator[Path]:
    """A folder to write into, which becomes a backup at the end, and nothing where that fails.

    What was left unfinished goes. Only the owner may read what is written in the meantime.
    """
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(unfinished)
        aside = folder / f"{_ASIDE}{name}"
        aside.mkdir()
        try:
            yield aside
        except BaseException:
            shutil.rmtree(aside)
            raise
        aside.rename(folder / name)
    finally:
        os.umask(before)


def write_contents(backup: Backup) -> None:
    """Says in its folder what is in a backup: without that it is none."""
    contents = {name: value for name, value in asdict(backup).items() if name != "folder"}
    text = json.dumps(contents, indent=2) + "\n"
    backup.folder.joinpath(CONTENTS).write_text(text, encoding="utf-8")


def remove_old(folder: Path, kept: int) -> list[Path]:
    """Removes all backups of a folder but the newest; returns which."""
    old = _backups_in(folder)[kept:]
    for backup in old:
        aside = backup.rename(folder / f"{_ASIDE}{backup.name}")  # half a backup is none
        shutil.rmtree(aside)
    return old


def latest_backup(folder: Path) -> tuple[Backup, list[str]]:
    """The backup that a folder is, or the latest whole one of those in it, and what is wrong with
    those that are later.

    Raises CannotRunError where there is none: what is wrong with the folder, or with each in it.
    """
    if not folder.is_dir():
        raise CannotRunError(f"There is no folder {folder}: name a backup, or a folder of backups.")
    found = _backups_in(folder) or [folder]
    wrong: list[str] = []
    for place in found:
        try:
            return read_backup(place), wrong
        except CannotRunError as error:
            wrong.append(str(error))
    raise CannotRunError("\n".join(wrong))


def read_backup(folder: Path) -> Backup:
    """A backup, of which every file is as it was written. Raises CannotRunError where none is."""
    fault = f"{folder} is no whole backup of identity:"
    try:
        contents = json.loads(folder.joinpath(CONTENTS).read_text(encoding="utf-8"))
        tables = {name: Table(**table) for name, table in contents.pop("tables").items()}
        backup = Backup(folder=folder, tables=tables, **contents)
    except FileNotFoundError:
        raise CannotRunError(f"{fault} it has no {CONTENTS}.") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CannotRunError(f"{fault} {CONTENTS} is not what a backup writes.") from None
    for name, table in tables.items():
        file = backup.file(name)
        if not file.is_file():
            raise CannotRunError(f"{fault} {file.name} is not there.")
        if content_hash(file) != table.sha256:
            raise CannotRunError(f"{fault} {file.name} is not as it was written.")
    return backup


def _backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, whole or not, the newest first."""
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
