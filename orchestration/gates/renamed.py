"""Raw tables whose columns have other names than their contracts give them: var('raw_columns')."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orchestration.gates.project import Project
from orchestration.gates.suites import COLUMN_LISTS, COLUMNS_OF, QUERY_OF, Suite
from orchestration.platform.warehouse import RawTable, Target


def as_named(project: Project, suites: list[Suite], target: Target) -> tuple[Project, list[Suite]]:
    """The raw tables of a project, and suites of them, with the names that the tables have."""
    named = {
        name: table
        for (source, identifier), table in target.tables.items()
        if table.names and (name := f"{source}.{identifier}") in project.tables["raw"]
    }
    tables = {
        name: replace(
            table,
            columns=frozenset(map(named[name].raw_name, table.columns)),
            required=tuple(map(named[name].raw_name, table.required)),
            pii=table.pii | frozenset(map(named[name].raw_name, table.pii)),
            key=tuple(map(named[name].raw_name, table.key)),
        )
        for name, table in project.tables["raw"].items()
        if name in named
    }
    raw = {"raw": project.tables["raw"] | tables}
    return (
        replace(project, tables=project.tables | raw),
        [_suite(suite, named[suite.table], target) if suite.table in named else suite
         for suite in suites],
    )  # fmt: skip


def _suite(suite: Suite, table: RawTable, target: Target) -> Suite:
    expectations = (
        replace(part, kwargs=_kwargs(part.kwargs, table, target)) for part in suite.expectations
    )
    return replace(suite, expectations=tuple(expectations))


def _kwargs(kwargs: Mapping[str, Any], table: RawTable, target: Target) -> dict[str, Any]:
    renamed = dict(kwargs)
    for key, value in kwargs.items():
        if key in COLUMNS_OF:
            renamed[key] = table.raw_name(value)
        elif key in COLUMN_LISTS and isinstance(value, list):
            renamed[key] = [table.raw_name(column) for column in value]
        elif key == QUERY_OF:
            words = "|".join(map(re.escape, table.names))
            renamed[key] = re.sub(
                rf"\b(?:{words})\b", lambda match: target.column(table.raw_name(match[0])), value
            )
    return renamed
