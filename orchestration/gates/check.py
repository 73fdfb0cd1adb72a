"""Checks suites with Great Expectations, which only this module imports, when it is called."""

import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbt.adapters.base.impl import BaseAdapter

from orchestration.gates.outcome import SAMPLE_SIZE, TOLERATED, Outcome, plain
from orchestration.gates.project import Table
from orchestration.gates.sources import open_source, quiet_context
from orchestration.gates.suites import (
    COLUMNS,
    FEW,
    QUERY,
    TEXTS,
    Expectation,
    Suite,
    SuiteError,
)

TABLE_EXISTS = "table_exists"
COUNTED_QUERY = "expect_query_to_find_nothing"
_COUNTS: dict[str, Any] = {"result_format": "BASIC", "partial_unexpected_count": 0}
_LAST = re.compile(r"\blast_\w+")


@functools.cache
def context() -> Any:
    """The one context of this process."""
    return quiet_context()


def check_suites(
    adapter: BaseAdapter,
    suites: Iterable[tuple[Suite, Table, Mapping[str, Any]]],
    relations: Mapping[str, str],
    hidden: frozenset[str],
) -> Iterator[Outcome]:
    """Checks each suite on its table, with the values of its parameters.

    relations: what a query may name, and how SQL calls it. hidden: names of PII columns.
    Raises SuiteError before the first is checked where Great Expectations refuses a suite.
    """
    built = [
        (suite, table, parameters, build_suite(suite, {**parameters, **relations}))
        for suite, table, parameters in suites
    ]
    with open_source(context(), adapter) as source:
        for suite, table, parameters, expected in built:
            yield from _check(source, suite, table, parameters, expected, hidden)


def build_suite(suite: Suite, values: Mapping[str, Any]) -> Any:
    """A suite as Great Expectations has it: names in queries replaced, unknown bounds open.

    Raises SuiteError naming file and expectation where one is refused.
    """
    context()
    import great_expectations as gx  # noqa: PLC0415

    from orchestration.gates import query, text  # noqa: F401, PLC0415  (query registers itself)

    # only raw tables are of whatever types their loader gave them
    names = {QUERY: COUNTED_QUERY} | (text.OF_TEXT if suite.gate == "raw" else {})
    expectations = []
    for number, expectation in enumerate(suite.expectations):
        content = {
            "type": names.get(expectation.type, expectation.type),
            "kwargs": _filled(expectation, values),
            "severity": expectation.severity,
            "notes": expectation.notes,
            "meta": {"number": number},
        }
        try:
            alone = gx.ExpectationSuite(name=suite.table, expectations=[content])
        except Exception as error:  # of many kinds: pydantic's, GX's, TypeError
            reason = " ".join((str(error) or type(error).__name__).split())
            raise SuiteError(f"{suite.path}: {expectation.name}: {reason}") from None
        if not alone.expectations:  # it leaves out a type that it does not know
            raise SuiteError(f"{suite.path}: {expectation.type} is no type of expectation")
        expectations.append(content)
    return gx.ExpectationSuite(name=suite.table, expectations=expectations)


def _filled(expectation: Expectation, values: Mapping[str, Any]) -> dict[str, Any]:
    kwargs = dict(expectation.kwargs)
    for key, value in expectation.kwargs.items():
        if isinstance(value, dict) and "$PARAMETER" in value:
            unknown = [name for name in _LAST.findall(value["$PARAMETER"]) if name not in values]
            if unknown:
                del kwargs[key]
    if expectation.type == QUERY:
        kwargs["unexpected_rows_query"] = expectation.query_with(values)
    return kwargs


def _check(
    source: Any,
    suite: Suite,
    table: Table,
    parameters: Mapping[str, Any],
    expected: Any,
    hidden: frozenset[str],
) -> Iterator[Outcome]:
    from great_expectations.datasource.fluent.interfaces import (  # noqa: PLC0415
        TestConnectionError,
    )

    try:
        asset = source.add_table_asset(
            table.name, table_name=table.identifier, schema_name=table.schema
        )
    except TestConnectionError:
        notes = "A suite is there for the table, but the table is not: load it, or run dbt."
        yield Outcome(suite.table, TABLE_EXISTS, None, "critical", notes, success=False)
        return
    batch = asset.add_batch_definition_whole_table(table.name).get_batch()
    numbers = {name: value for name, value in parameters.items() if name not in TEXTS}
    validated = batch.validate(expected, result_format=_COUNTS, expectation_parameters=numbers)
    results = sorted(validated.results, key=lambda result: result.expectation_config.meta["number"])
    absent = _absent_columns(results, table)
    pairs = zip(suite.expectations, expected.expectations, results, strict=True)
    for expectation, as_built, result in pairs:
        sample: tuple[dict[str, Any], ...] = ()
        if not result.success and not _failure(result):
            sample = _sample(batch, as_built, table, numbers, hidden)
        needed = parameters["required_columns"]
        yield _outcome(suite, table, expectation, result, sample, absent, needed)


def _absent_columns(results: Iterable[Any], table: Table) -> frozenset[str]:
    """The documented columns, needed or not, that the expectation on a table's columns missed."""
    for result in results:
        if result.expectation_config.type == COLUMNS:
            observed = result.result.get("observed_value") or []
            there = {str(column).lower() for column in observed}
            return frozenset(column for column in table.columns if column.lower() not in there)
    return frozenset()


def _sample(
    batch: Any, expectation: Any, table: Table, numbers: dict[str, Any], hidden: frozenset[str]
) -> tuple[dict[str, Any], ...]:
    """Some rows that did not fit: their keys, or what the query found, without PII."""
    query = expectation.expectation_type == COUNTED_QUERY
    keys = [column for column in table.key if column not in hidden]
    settings: dict[str, Any] = {"result_format": "COMPLETE"}
    if not query:
        if not keys or not hasattr(expectation, "mostly") or not hasattr(expectation, "column"):
            return ()
        settings = {
            "result_format": "SUMMARY",
            "partial_unexpected_count": SAMPLE_SIZE,
            "unexpected_index_column_names": keys,
        }
    found = batch.validate(
        expectation, result_format=settings, expectation_parameters=numbers
    ).result
    if query:
        rows = (found.get("details") or {}).get("unexpected_rows") or []
        shown = {column for row in rows for column in row} - hidden
    else:
        rows = found.get("partial_unexpected_index_list") or []
        shown = set(keys)
    sample = [
        {column: plain(value) for column, value in row.items() if column in shown}
        for row in rows[:SAMPLE_SIZE]
    ]
    return tuple(row for row in sample if row)


def _outcome(
    suite: Suite,
    table: Table,
    expectation: Expectation,
    result: Any,
    sample: tuple[dict[str, Any], ...],
    absent: frozenset[str],
    required: Iterable[str],
) -> Outcome:
    found = result.result
    success: bool | None = bool(result.success)
    message = _failure(result)
    if message and (needed := _needs(expectation, table, absent)):
        success, message = None, f"not checked: there is no column {', '.join(needed)}"
    observed = found.get("observed_value")
    if message is None and observed is None and not success and "element_count" not in found:
        success, message = None, "not checked: nothing to measure"
    misfits = found.get("unexpected_count") or 0
    if success is False and message is None and misfits <= FEW and expectation.tolerates_few:
        message = f"{TOLERATED}: {misfits} rows are too few to judge a share by"
    gone = sorted(absent & {*required})
    if gone and isinstance(observed, list):
        observed = f"without {', '.join(gone)}"
    elif isinstance(observed, list) and suite.gate == "raw":  # for the next run to compare with
        observed = ", ".join(sorted(table.columns - absent))
    elif isinstance(observed, list):
        observed = f"{len(observed)} columns"
    is_count = expectation.type == QUERY
    return Outcome(
        suite.table,
        expectation.name,
        expectation.column,
        expectation.severity,
        expectation.notes,
        success,
        None if observed is None or table.pii & {*expectation.columns} else str(plain(observed)),
        int(observed) if is_count and observed is not None else found.get("unexpected_count"),
        _finite(found.get("unexpected_percent")),
        sample,
        message,
    )


def _needs(expectation: Expectation, table: Table, absent: frozenset[str]) -> list[str]:
    """The columns that are not there which an expectation is about."""
    words = {*expectation.columns, *re.findall(r"\w+", expectation.query)}
    if "loaded_at" in expectation.names_in_query:
        words.add(str(table.loaded_at))
    return sorted(absent & words)


def _failure(result: Any) -> str | None:
    """Why an expectation could not be computed; values that a database quotes are left out."""
    information = result.exception_info or {}
    parts = [information] if "raised_exception" in information else list(information.values())
    for part in parts:
        if part.get("raised_exception"):
            line = next(iter(str(part.get("exception_message") or "").strip().splitlines()), "")
            told = re.sub(r"['\"].*", "…", line)
            return told[:300] or "could not be computed"
    return None


def _finite(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
