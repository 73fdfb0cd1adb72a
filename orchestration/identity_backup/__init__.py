"""Backups of what identity keeps and no raw table can give back: its models of dbt's manifest that
say `meta: {kept: identity}`.

A backup is a folder named by its time, with a Parquet file a table and, written last, what is in
them (`backups`). It is written from any warehouse (`backing_up`), and restored into any
(`restoring`).
"""

from orchestration.identity_backup.backing_up import BackedUp, back_up
from orchestration.identity_backup.backups import Backup, latest_backup
from orchestration.identity_backup.kept import KeptModel, kept_models
from orchestration.identity_backup.restoring import Restored, restore

__all__ = [
    "BackedUp",
    "Backup",
    "KeptModel",
    "Restored",
    "back_up",
    "kept_models",
    "latest_backup",
    "restore",
]
