"""Loads raw files into the raw tables of a dbt target, each file once.

    with open_target(target="snowflake") as target:
        for outcome in load_files(target, find_files(Path("data/raw"), target.known_tables)):
            ...

How a file is loaded once, on engines without transactions over several tables: every row carries
the name and hash of its file (`_loaded_from`), and all rows of a file arrive in one statement that
does nothing where such rows exist. So the raw table itself says what is loaded, whenever a load was
killed; the journal, written later, remembers it and what was rejected.
"""

from orchestration.load.files import find_files
from orchestration.load.journal import Outcome, Status
from orchestration.load.load import load_files

__all__ = ["Outcome", "Status", "find_files", "load_files"]
