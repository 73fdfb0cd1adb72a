"""dbt reads the project once for each set of vars, whichever tests and processes of pytest ask.

The day that all is made of is no part of it: no model is read otherwise on another (a test holds).

dbt keeps what it read in its target folder, and reads all anew where that is missing, or of other
vars, another target or another profile. Here every folder gets what any other has read with the
same vars and target, and dbt looks itself for files that changed since: also in a copy of the
project, of which it reads only what is not as in the original. That a profile names another file,
host or port changes nothing that is read.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from pprint import pformat
from typing import Any

from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS
from dbt.artifacts.resources.base import FileHash
from dbt.cli.main import dbtRunner
from dbt.config.runtime import RuntimeConfig
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import ManifestLoader
from dbt.version import __version__

REPOSITORY = Path(__file__).parents[1]
PROJECT = "customer_360"
FLAGS = len(DEFAULT_BASE_BEHAVIOR_FLAGS)


class Count:
    """How often this process called dbt, and how often dbt read the whole of this project."""

    calls = 0
    whole_readings = 0


def share_readings(folder: Path) -> None:
    """Lets all that dbt reads in this process be shared in a folder, and counts."""
    get_full_manifest = ManifestLoader.get_full_manifest
    load, invoke = ManifestLoader.load, dbtRunner.invoke

    def get_shared(config: RuntimeConfig, **options: Any) -> Manifest:
        own = Path(config.project_target_path) / PARTIAL_PARSE_FILE_NAME
        roots = (Path(config.project_root), REPOSITORY)
        place, original = (folder / f"{key_of(config, root)}.msgpack" for root in roots)
        with locked(original.with_suffix(".lock")):
            shared = next((each for each in (place, original) if each.exists()), None)
            if shared and not is_of(own, checks_of(config)):
                own.parent.mkdir(parents=True, exist_ok=True)
                own.write_bytes(replaced(shared.read_bytes(), SHARED_CHECKS, checks_of(config)))
            manifest = get_full_manifest(config, **options)
            if not shared:
                place.write_bytes(replaced(own.read_bytes(), checks_of(config), SHARED_CHECKS))
        return manifest

    def load_and_count(self: ManifestLoader) -> Manifest:
        try:
            return load(self)
        finally:
            is_whole = not (self.skip_parsing or self.partially_parsing)
            Count.whole_readings += is_whole and self.root_project.project_name == PROJECT

    def invoke_and_count(self: dbtRunner, *arguments: Any, **options: Any) -> Any:
        Count.calls += 1
        # every warehouse that is opened adds its own to dbt's, and each costs a walk of the stack
        del DEFAULT_BASE_BEHAVIOR_FLAGS[FLAGS:]
        return invoke(self, *arguments, **options)

    folder.mkdir(parents=True, exist_ok=True)
    ManifestLoader.get_full_manifest = staticmethod(get_shared)  # type: ignore[method-assign,assignment]
    ManifestLoader.load = load_and_count  # type: ignore[method-assign]
    dbtRunner.invoke = invoke_and_count  # type: ignore[method-assign]


def key_of(config: RuntimeConfig, root: Path) -> str:
    """What decides how the project in a folder is read: vars, target, its database and schema."""
    credentials = config.credentials
    names = (config.target_name, credentials.type, credentials.database, credentials.schema)
    read = pformat((without_the_day(config.cli_vars), names, root))
    return hashlib.sha256(read.encode()).hexdigest()[:16]


def without_the_day(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Vars without as_of_date, where that is a day: what is none, reading refuses."""
    others = dict(variables)
    with suppress(ValueError):
        date.fromisoformat(str(others.get("as_of_date")))
        del others["as_of_date"]
    return others


def checks_of(config: RuntimeConfig) -> tuple[bytes, ...]:
    """The hashes of the vars and of the profile by which dbt knows what it has kept."""
    given = (config.args.profile or "", config.args.target or "", __version__)
    vars_hash = "\x00".join([pformat(config.cli_vars), *given])
    profile_hash = pformat(sorted(config.credentials.connection_info()))
    return tuple(
        FileHash.from_contents(text).checksum.encode() for text in (vars_hash, profile_hash)
    )


SHARED_CHECKS = (b"0" * 64, b"1" * 64)  # in the place of those hashes


def is_of(file: Path, checks: tuple[bytes, ...]) -> bool:
    """Whether dbt would go by what it has kept in a file."""
    return file.exists() and all(check in file.read_bytes() for check in checks)


def replaced(kept: bytes, checks: tuple[bytes, ...], others: tuple[bytes, ...]) -> bytes:
    for check, other in zip(checks, others, strict=True):
        assert kept.count(check) == 1, "dbt hashes vars or profile otherwise: see its manifest.py"
        kept = kept.replace(check, other)
    return kept


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """What one process reads, others wait for."""
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
