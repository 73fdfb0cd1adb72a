"""The stories of identity: what stands in nights.yml in short, written out."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tests.identity.case_files import ROW_ID, Rows, records_of, written_out

FILE = yaml.safe_load((Path(__file__).parent / "nights.yml").read_text(encoding="utf-8"))
DAYS: list[date] = FILE["days"]
# The column by which a story tells what is gone.
KEYS = ROW_ID | {"customer_io.devices": "device_id"}


@dataclass(frozen=True)
class Told:
    """What a story tells of a night, by the story's names.

    events: what happened, to whom, and the other customer of a merge or split.
    aliases: the names that are no more, each with whom it is now.
    """

    customers: dict[str, list[str]]
    events: set[tuple[str, str, str | None]]
    aliases: dict[str, str]
    dropped: list[list[str]]
    refused: list[list[str]]


@dataclass(frozen=True)
class Night:
    """What a night finds: the raw rows of each load, sources that are off, an analyst's rows."""

    day: date
    loads: list[Rows]
    lacking: set[str]
    seeds: list[dict[str, Any]]


def told_by(story: dict[str, Any]) -> list[Told]:
    """What a story tells, night by night."""
    nights: dict[date, dict[str, Any]] = story["nights"]
    assert nights.keys() <= set(DAYS), story["story"]
    told = []
    customers: dict[str, list[str]] = {}
    aliases: dict[str, str] = {}
    for night in (nights.get(day, {}) for day in DAYS):
        before = customers
        if "customers" in night:
            customers = {name: records_of(each) for name, each in night["customers"].items()}
        merged, split = night.get("merged", []), night.get("split", [])
        new = customers.keys() - before.keys() - {other for _, other in split}
        aliases = aliases | {other: name for name, other in merged}
        aliases = {old: name for old, name in aliases.items() if old not in customers}
        while chained := aliases.keys() & set(aliases.values()):
            aliases = {
                old: aliases[name] if name in chained else name for old, name in aliases.items()
            }
        told.append(
            Told(
                customers,
                {("merged", *pair) for pair in merged}
                | {("split", *pair) for pair in split}
                | {("created", name, None) for name in new}
                | {
                    (what, each, None) for what in ("kept", "ended") for each in night.get(what, [])
                },
                aliases,
                night.get("dropped", []),
                night.get("refused", []),
            )
        )
    return told


def read_nights() -> list[Night]:
    """What the nights of all stories find."""
    nights: list[Night] = []
    loads: list[Rows] = []
    lacking: set[str] = set()
    for number, day in enumerate(DAYS):
        brought: Rows = {}
        seeds = []
        for night in (story["nights"].get(day, {}) for story in FILE["stories"]):
            for table, keys in night.get("gone", {}).items():
                loads = [_without(keys, table, rows) for rows in loads]
            for table, rows in night.get("rows", {}).items():
                brought.setdefault(table, []).extend(rows)
            lacking = set(night.get("lacks", lacking))
            seeds += [night] if "seeds" in night else []
        loaded = {"_loaded_at": f"{day} 02:00:00"}
        written = written_out(brought, f"{number:03}").items()
        loads = [*loads, {table: [loaded | row for row in rows] for table, rows in written}]
        nights.append(Night(day, loads, lacking, seeds))
    return nights


def _without(keys: list[str], table: str, rows: Rows) -> Rows:
    """The rows of a load, of a table without those that have one of some keys."""
    key = KEYS.get(table, "customer_id")
    left = [row for row in rows.get(table, []) if row[key] not in keys]
    return {name: each for name, each in (rows | {table: left}).items() if each}


STORIES = {story["story"]: told_by(story) for story in FILE["stories"]}
