"""Suites as people write them: one YAML a table, checked when they are read.

    table: retail.customers
    owner: retail-systems
    expectations:
      - type: expect_column_values_to_be_unique     # any of Great Expectations
        kwargs: {column: customer_id, mostly: 0.8}
        severity: critical                          # critical closes the gate, warning does not
        notes: Why it matters, and what to do.
      - type: unexpected_rows_expectation
        name: orders_of_nobody                      # what results call it; a query needs one
        kwargs:
          unexpected_rows_query: select order_id from {batch} where …

What is expected of every table of a gate stands once, in `_defaults.yml`, by gate; a suite's own
expectation takes the place of a default of the same name and column.

In a query, `{batch}` is the table, `{loaded_at}` its time of loading, `{name}` any other model, and
`{now}`, `{tomorrow}`, `{stale_before}` and `{late_before}` are UTC times. Behind the gate raw,
`expect_column_values_to_match_regex` and `expect_column_values_to_be_in_set` compare the text of a
value, whatever type its loader gave it. A bound may be an expression of what is known of earlier
runs, `{$PARAMETER: 0.6 * usual_row_count}`:

- `usual_row_count`: the median of the last seven runs in which the table was long enough, else 1;
- `last_row_count`, `last_mean_<column>`, …: what this suite measured when its gate last passed; of
  marts, when they last passed before what is published now. A bound made of one is open until then;
- `required_columns`: the columns that the table's contract requires; of a raw table also those that
  it had when the gate last passed.

A share says little of a few rows: where no more than FEW of them make it miss `mostly`, as happens
in small tables, what is critical is recorded and shown but stops nothing. `tolerates_few: false`
beside `severity` makes it stop all the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.gates.project import Project, Table
from orchestration.platform.exceptions import CannotRunError

GATES = ("raw", "conformed", "marts")
SEVERITIES = ("critical", "warning")
QUERY = "unexpected_rows_expectation"
COLUMNS = "expect_table_columns_to_match_set"
FEW = 5
# What a query may name beside tables, each as text.
CLOCK = frozenset(["now", "tomorrow", "stale_before", "late_before"])
TEXTS = CLOCK | {"loaded_at"}
DEFAULTS = "_defaults.yml"
IDENTITY_MAP = "int_identity__map"
MEMORY = "last_identity_map"  # of the last run that let the conformed tables pass
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# libyaml's, where it is there, takes a tenth of the time
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_FUNCTIONS = frozenset(["trunc", "round", "abs"])
_KEYS = {"type", "name", "kwargs", "severity", "tolerates_few", "notes"}
_OPTIONAL = {"name", "tolerates_few"}
COLUMN_LISTS = ("column_list", "column_set")
COLUMNS_OF = ("column", "column_A", "column_B")
QUERY_OF = "unexpected_rows_query"


class SuiteError(CannotRunError):
    """A suite that cannot be used; the message names the file and what is wrong in it."""


@dataclass(frozen=True)
class Expectation:
    """One expectation of a suite, as it is written."""

    type: str
    kwargs: dict[str, Any]
    severity: str
    notes: str
    name: str
    tolerates_few: bool = False

    @property
    def column(self) -> str | None:
        """The column, or columns, that it is about."""
        columns = self.columns
        return ", ".join(columns) if columns and self.type != QUERY else None

    @property
    def columns(self) -> list[str]:
        """Its columns; of a query none is known."""
        found = [self.kwargs[key] for key in COLUMNS_OF if key in self.kwargs]
        for key in COLUMN_LISTS:
            if isinstance(self.kwargs.get(key), list):
                found += self.kwargs[key]
        return [str(column) for column in found]

    @property
    def names_in_query(self) -> frozenset[str]:
        """What its query names: tables, and times."""
        return frozenset(_PLACEHOLDER.findall(self.query))

    @property
    def query(self) -> str:
        """The query, where it is one."""
        return str(self.kwargs.get(QUERY_OF, ""))

    def query_with(self, values: Mapping[str, Any]) -> str:
        """The query, with what it names in the place of the names; others stay."""
        return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), self.query)

    @property
    def metric(self) -> str:
        """What it measures, as a later run calls it after `last_`."""
        measured = self.type.removeprefix("expect_").removesuffix("_to_be_between")
        measured = measured.removeprefix("table_").removeprefix("column_")
        return "_".join([measured, *self.columns])


@dataclass(frozen=True)
class Suite:
    """The expectations on one table."""

    gate: str
    table: str
    owner: str
    path: Path
    expectations: tuple[Expectation, ...]


def load_suites(gate: str, project: Project, folder: Path) -> list[Suite]:
    """The suites of a gate whose tables are switched on, sorted by table.

    Raises SuiteError where a file cannot be read, or names a table, column, parameter or key that
    is not known.
    """
    suites = read_suites(gate, folder)
    tables = project.tables[gate]
    for suite in suites:
        if suite.table in tables:
            _check(suite, tables[suite.table], project)
        elif suite.table not in project.disabled:
            raise SuiteError(
                f"{suite.path}: the project has no table {suite.table!r} behind the gate {gate}. "
                f"Known: {', '.join(sorted(tables))}"
            )
    return [suite for suite in suites if suite.table in tables]


def read_suites(gate: str, folder: Path) -> list[Suite]:
    """The suites of a gate as they are written, behind what is expected of all its tables.

    Raises SuiteError where a file cannot be read.
    """
    if not (folder / gate).is_dir():
        raise SuiteError(f"There is no folder {folder / gate}: suites are <gate>/<table>.yml")
    defaults = _defaults(gate, folder / DEFAULTS)
    return [_read(gate, path, defaults) for path in sorted((folder / gate).glob("*.yml"))]


def _defaults(gate: str, path: Path) -> list[Expectation]:
    """What is expected of every table of a gate; nothing where there is no such file."""
    if not path.exists():
        return []
    content = _mapping(_yaml(path), set(), set(GATES), str(path))
    return _expectations(content[gate], path) if gate in content else []


def _read(gate: str, path: Path, defaults: list[Expectation]) -> Suite:
    content = _mapping(_yaml(path), {"table", "owner", "expectations"}, set(), str(path))
    if content["table"] != path.stem:
        raise SuiteError(f"{path}: table is {content['table']!r}, but the file {path.stem!r}")
    own = _expectations(content["expectations"], path)
    said = {(part.name, part.column) for part in own}
    others = [part for part in defaults if (part.name, part.column) not in said]
    return Suite(gate, content["table"], str(content["owner"]), path, (*others, *own))


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        raise SuiteError(f"{path} is not YAML: {error}") from error


def _expectations(parts: Any, path: Path) -> list[Expectation]:
    if not isinstance(parts, list) or not parts:
        raise SuiteError(f"{path}: expectations must be a list of at least one")
    expectations = [
        _expectation(part, f"{path}: expectation {number}")
        for number, part in enumerate(parts, start=1)
    ]
    names = [(part.name, part.column, part.severity) for part in expectations]
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f"{path}: {name[0]} is there twice; give each a name of its own")
    return expectations


def _expectation(part: Any, place: str) -> Expectation:
    part = _mapping(part, _KEYS - _OPTIONAL, _OPTIONAL, place)
    if part["severity"] not in SEVERITIES:
        raise SuiteError(f"{place}: severity is {part['severity']!r}, not critical or warning")
    if not isinstance(part["kwargs"], dict):
        raise SuiteError(f"{place}: kwargs must be a mapping")
    if not str(part["notes"] or "").strip():
        raise SuiteError(f"{place}: notes must say why")
    if part["type"] == QUERY and not part.get("name"):
        raise SuiteError(f"{place}: a query needs a name, for results to call it by")
    name = part.get("name") or part["type"]
    notes = " ".join(part["notes"].split())
    tolerates_few = "mostly" in part["kwargs"] and part.get("tolerates_few", True)
    return Expectation(part["type"], part["kwargs"], part["severity"], notes, name, tolerates_few)


def _mapping(part: Any, required: set[str], optional: set[str], place: str) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise SuiteError(f"{place}: expected a mapping with {', '.join(sorted(required))}")
    if missing := required - part.keys():
        raise SuiteError(f"{place}: {', '.join(sorted(missing))} missing")
    if unknown := part.keys() - required - optional:
        known = ", ".join(sorted(required | optional))
        raise SuiteError(f"{place}: {', '.join(map(str, unknown))} unknown. Known: {known}")
    return part


def _check(suite: Suite, table: Table, project: Project) -> None:
    """Raises SuiteError where a suite names what the project does not know."""
    parameters = {f"last_{expectation.metric}" for expectation in suite.expectations}
    parameters |= {"usual_row_count", "required_columns"}
    names = {"batch", MEMORY} | TEXTS | set(project.relations) | project.disabled
    for expectation in suite.expectations:
        place = f"{suite.path}: {expectation.name}"
        _known(f"{place}: column", expectation.columns, table.columns)
        for value in expectation.kwargs.values():
            if isinstance(value, dict) and "$PARAMETER" in value:
                used = _IDENTIFIER.findall(str(value["$PARAMETER"]))
                _known(f"{place}: parameter", set(used) - _FUNCTIONS, parameters)
        _known(f"{place}: {{name}} in the query", expectation.names_in_query, names)


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise SuiteError(f"{what} {name!r} is unknown. Known: {', '.join(sorted(known))}")
