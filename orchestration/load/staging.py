"""Puts a file where the engine reads it: a temporary stage, a volume, a folder of the server's."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target

STAGING = "CUSTOMER_360_STAGING"


def staged(target: Target, file: Path, columns: list[str]) -> AbstractContextManager[str]:
    """Puts a Parquet file of texts where the engine reads it; gives what to select from."""
    return _STAGED[target.engine](target, file, columns)


@contextmanager
def _staged_on_duckdb(target: Target, file: Path, _columns: list[str]) -> Iterator[str]:
    """Reads it where it lies."""
    yield f"read_parquet({target.text(file)})"


@contextmanager
def _staged_on_snowflake(target: Target, file: Path, columns: list[str]) -> Iterator[str]:
    """PUT into a temporary stage, COPY INTO a temporary table: both go with the session."""
    stage = target.operations.incorporate(path={"identifier": "load_stage"})
    landing = target.operations.incorporate(path={"identifier": f"load_{file.stem}"})
    definitions = ", ".join(f"{target.column(name)} string" for name in columns)
    target.execute(f"create temporary stage if not exists {stage}")
    target.execute(
        f"put {target.text(file.as_uri())} @{stage} auto_compress = false overwrite = true"
    )
    target.execute(f"create or replace temporary table {landing} ({definitions})")
    try:
        target.execute(
            f"copy into {landing} from @{stage}/{file.name} file_format = (type = parquet "
            "null_if = ()) match_by_column_name = case_insensitive purge = true"
        )
        yield str(landing)
    finally:
        target.execute(f"drop table if exists {landing}")


@contextmanager
def _staged_on_databricks(target: Target, file: Path, _columns: list[str]) -> Iterator[str]:
    """Copies into a Unity Catalog volume or a folder that the server sees, and reads it there."""
    place = target.operations
    folder = os.environ.get(STAGING)
    if not folder:
        volume = f"{place.without_identifier()}.load_staging"
        target.execute(f"create volume if not exists {volume}")
        folder = f"/Volumes/{place.database}/{place.schema}/load_staging"
    staged = f"{folder.rstrip('/')}/{file.name}"
    if staged.startswith("/Volumes/"):
        target.execute(f"put {target.text(file)} into {target.text(staged)} overwrite")
        try:
            yield f"parquet.`{staged}`"
        finally:
            target.execute(f"remove {target.text(staged)}")
    elif Path(folder).is_dir():
        shutil.copyfile(file, staged)
        try:
            yield f"parquet.`{Path(staged).absolute().as_uri()}`"
        finally:
            Path(staged).unlink(missing_ok=True)
    else:
        raise CannotRunError(
            f"{STAGING} is {folder!r}, which is no folder: name a Unity Catalog volume "
            "(/Volumes/<catalog>/<schema>/<volume>) or a folder that the server sees too"
        )


_STAGED: dict[str, Callable[[Target, Path, list[str]], AbstractContextManager[str]]] = {
    "duckdb": _staged_on_duckdb,
    "snowflake": _staged_on_snowflake,
    "databricks": _staged_on_databricks,
}
