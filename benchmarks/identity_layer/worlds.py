"""Worlds of parties, written into a warehouse in place of what its sources would supply."""

from collections.abc import Callable

import duckdb

PARTIES = ("int_party_records", "int_party_identifiers")
# what tells one copy of a record from another, as SQL of a value and of the number of the copy
_OF_COPY = {
    "record_key": "{value} || '~' || copy",
    "source_record_id": "{value} || '~' || copy",
    "account_number": "{value} || '~' || copy",
    "member_of_record_key": "{value} || '~' || copy",
    "identifier_value": (
        "case when identifier_type in ('email', 'visitor_email') then 'c' || copy || '.' || {value}"
        " when identifier_type = 'phone' then {value} || lpad(copy::varchar, 6, '0')"
        " else {value} || '~' || copy end"
    ),
}
_RECORDS = """
    insert into conformed.int_party_records by name
    select 'retail:' || i as record_key, 'retail' as source_name, 'profile' as record_kind,
        i::varchar as source_record_id, 'person' as party_type, false as is_deleted,
        timestamp '2025-01-01' + to_seconds(i) as first_seen_at,
        timestamp '2026-01-01' + to_seconds(i) as last_seen_at
    from range({count}) as record(i)
"""
_IDENTIFIERS = """
    insert into conformed.int_party_identifiers
    select 'retail:' || i, '{identifier_type}', {value}, timestamp '2025-01-01' + to_seconds(i),
        timestamp '2026-01-01' + to_seconds(i)
    from {rows}
"""


def copy_parties(warehouse: duckdb.DuckDBPyConnection, copies: int) -> None:
    """The parties of the attached warehouse `company`, several times: copies share no value."""
    warehouse.execute("create schema if not exists conformed")
    for table in PARTIES:
        columns = [
            name for name, *_ in warehouse.execute(f"describe company.conformed.{table}").fetchall()
        ]
        selected = [
            f"{_OF_COPY.get(name, '{value}').format(value=name)} as {name}" for name in columns
        ]
        warehouse.execute(
            f"create table conformed.{table} as select {', '.join(selected)}"
            f" from company.conformed.{table}, range({copies}) as copies(copy)"
        )


def change_some(warehouse: duckdb.DuckDBPyConnection, share: float) -> None:
    """Of some records eight in ten were seen once more, one has other emails, one is gone."""
    drawn = f"hash(record_key) % 100000 < {round(share * 100_000)}"
    tenth = "hash(record_key) % 10"
    for table in PARTIES:
        warehouse.execute(
            f"update conformed.{table} set last_seen_at = last_seen_at + interval 1 hour"
            f" where {drawn} and {tenth} < 8"
        )
        warehouse.execute(f"delete from conformed.{table} where {drawn} and {tenth} = 8")
    warehouse.execute(
        "update conformed.int_party_identifiers set identifier_value = 'new.' || identifier_value"
        f" where {drawn} and {tenth} = 9 and identifier_type = 'email'"
    )


def _identify(
    warehouse: duckdb.DuckDBPyConnection, identifier_type: str, value: str, rows: str
) -> None:
    warehouse.execute(_IDENTIFIERS.format(identifier_type=identifier_type, value=value, rows=rows))


def _pairs(warehouse: duckdb.DuckDBPyConnection, count: int) -> None:
    _identify(warehouse, "email", "'a' || (i // 2) || '@pairs.test'", f"range({count}) as r(i)")


def _junk(warehouse: duckdb.DuckDBPyConnection, count: int) -> None:
    _identify(warehouse, "email", "'junk@shop.test'", f"range({count}) as r(i)")


def _chain(warehouse: duckdb.DuckDBPyConnection, count: int) -> None:
    for step in (0, 1):
        value = f"'a' || (i + {step}) || '@chain.test'"
        _identify(warehouse, "email", value, f"range({count}) as r(i)")


def _long(warehouse: duckdb.DuckDBPyConnection, count: int) -> None:
    _pairs(warehouse, count)
    _identify(warehouse, "cookie_id", "repeat('x', 10000) || i % 500", "range(1000) as r(i)")


def _many(warehouse: duckdb.DuckDBPyConnection, count: int) -> None:
    _pairs(warehouse, count)
    rows = "(select 7 as i, j from range(10000) as values_of_one(j))"
    _identify(warehouse, "email", "'m' || j || '@many.test'", rows)
    _identify(warehouse, "cookie_id", "'m' || j", rows)


HOSTILE: dict[str, Callable[[duckdb.DuckDBPyConnection, int], None]] = {
    "plain: two records an email": _pairs,
    "one junk email on all": _junk,
    "one chain of all": _chain,
    "cookies of 10 kB, on two each": _long,
    "10,000 emails and cookies on one": _many,
}


def make_hostile(warehouse: duckdb.DuckDBPyConnection, name: str, count: int) -> None:
    """A world of HOSTILE, of so many records, each with a customer number of its own."""
    warehouse.execute("create schema if not exists conformed")
    for table in PARTIES:
        warehouse.execute(
            f"create table conformed.{table} as from company.conformed.{table} limit 0"
        )
    warehouse.execute(_RECORDS.format(count=count))
    _identify(warehouse, "loyalty_id", "'L' || i", f"range({count}) as r(i)")
    HOSTILE[name](warehouse, count)
