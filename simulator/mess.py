"""What happens to good rows: copies, older versions, defects, harmless untidiness."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import truth
from simulator.defects import CATALOGUE, FULL_FROM, Defect, values_for
from simulator.scene import Records, Rows, Scene
from simulator.tables import TABLES, Table
from simulator.text import (
    DAY,
    HOUR,
    MINUTE,
    Bools,
    Ints,
    Rng,
    chance,
    join,
    pick,
    put,
    same,
    where,
    whole,
)

BAD_SHARE = 0.009
COPY_SHARE = 0.006
OLDER_SHARE = 0.012

# What an older version of a row said.
OLDER: dict[str, dict[str, str | None]] = {
    "salesforce.account": {"status": "Active", "is_deleted": "false"},
    "salesforce.contact": {"mailing_country": None, "is_deleted": "false"},
    "servicenow.incident": {"state": "New", "resolved_at": None},
    "oracle_brm.subscription": {"renewal_date": None, "end_date": None},
    "retail.customers": {"loyalty_tier": "BRONZE", "loyalty_points": "0"},
    "marketing.preferences": {"preference_strength": "0.5"},
    "support.tickets": {"status": "OPEN", "resolved_at": None, "satisfaction": None},
    "external.profiles": {"income_range": None, "influence_score": "0.0"},
    "customer_io.people": {"unsubscribed": "false"},
    "customer_io.devices": {"push_token": None},
}
PARTY_TABLES = {
    "salesforce.account": "salesforce:",
    "salesforce.contact": "salesforce:",
    "retail.customers": "retail:",
    "customer_io.people": "customer_io:",
}
"""Tables whose key makes a party record of its own."""

_SPACE = (" ", "  ", "\t", "\n", "\u00a0", "\u200b", "\ufeff", " \r\n")
_NOBODYS_PHONE = ("+442222222222", "N/A", "unknown", "null", "-1", "+441111111111", "n/a")
_NOBODYS_NAME = ("N/A", "unknown", "Unknown", "null", "-")
_LONG = "Lorem ipsum “dolor” sit amet, 'consectetur' — 100 % añadido…\n" * 180


def _names(text: str) -> list[str]:
    """The names of columns in a text."""
    return text.split()


_SPACED = _names(
    "name first_name last_name email email_address billing_city mailing_city city caller_email "
    "requester_email state status currency currency_code address_line_1 phone phone_number "
    "transaction_type event_type channel action customer_id account_number search_query amount "
    "total_amount nps_rating purpose"
)
_ANY_CASE = _names(
    "transaction_type transaction_status item_status event_type action channel status priority "
    "category state loyalty_tier customer_status metric purpose request_type preference_type type "
    "currency billing_cycle granted is_active is_deleted suppressed is_person_account"
)
_OTHER_TIMES = _names(
    "created_date event_timestamp transaction_date engagement_date opened_at created_at "
    "interaction_at survey_date occurred_at registration_date metric_date sentiment_date "
    "received_at"
)
_PLACEHOLDERS: dict[str, dict[str, tuple[str, ...]]] = {
    "retail.customers": {
        "phone_number": _NOBODYS_PHONE,
        "last_name": _NOBODYS_NAME,
        "city": _NOBODYS_NAME,
    },
    "salesforce.account": {"phone": _NOBODYS_PHONE, "billing_city": _NOBODYS_NAME},
    "salesforce.contact": {
        "mobile_phone": _NOBODYS_PHONE,
        "phone": _NOBODYS_PHONE,
        "last_name": _NOBODYS_NAME,
    },
    "customer_io.people": {"phone": _NOBODYS_PHONE},
    "web.events": {"city": ("", "unknown", "(not set)")},
}
_LONG_TEXTS = {
    "cx_survey.survey_response": "comments",
    "servicenow.incident": "short_description",
    "web.events": "search_query",
    "marketing.engagement_events": "message_subject",
}


@dataclass
class Outcome:
    """All rows of one table of a chunk, ready to write, and the truth about them."""

    table: Table
    columns: dict[str, pa.Array]
    loaded_at: Ints
    bad: pa.Table
    duplicates: pa.Table


def spoil(scene: Scene, rows: Rows) -> Outcome:
    """Adds copies, older versions and defective rows to good ones, and some untidiness to all."""
    table = TABLES[rows.table]
    rows = replace(rows, columns=complete(table, rows.columns))
    rng = scene.rng(f"mess.{rows.table}.{scene.another(rows.table)}")
    parts, losers = [(rows.columns, rows.loaded_at)], []
    if rows.replaces is not None and rows.replaces.any():
        replaced = np.flatnonzero(rows.replaces)
        losers.append(truth.row_keys(table, _take(rows.columns, replaced)))
    for columns, loaded_at in (_copies(scene, rng, rows), _older(scene, rng, table, rows)):
        parts.append((columns, loaded_at))
        losers.append(truth.row_keys(table, columns))
    bad = list(_defective(scene, rng, table, rows))
    parts += [(columns, loaded_at) for columns, loaded_at, _ in bad]
    columns = {name: pa.concat_arrays([part[name] for part, _ in parts]) for name in table.columns}
    loaded_at = np.concatenate([loaded for _, loaded in parts])
    duplicates = truth.duplicate_rows(table, pa.concat_arrays(losers))
    found = pa.concat_tables([_repaired(table, rows), *(part for _, _, part in bad)])
    return Outcome(
        table, _untidy(rng, table, columns, len(rows.loaded_at)), loaded_at, found, duplicates
    )


def complete(table: Table, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """All columns of a table's contract; nothing in those that no system fills."""
    absent = [name for name in table.columns if name not in columns]
    if missing := [name for name in absent if table.contract[name].get("required")]:
        raise LookupError(
            f"simulator/systems/{table.source}.py gives {table.name} no {', '.join(missing)}, "
            f"which _{table.source}__base.yml requires: make the column there"
        )
    nothing = pa.nulls(len(next(iter(columns.values()))), pa.string())
    return columns | dict.fromkeys(absent, nothing)


def _take(columns: dict[str, pa.Array], rows: Ints) -> dict[str, pa.Array]:
    codes = pa.array(rows)
    return {name: column.take(codes) for name, column in columns.items()}


def _sample(rng: Rng, size: int, share: float) -> Ints:
    """Rows to copy: this share of them, in small tables at least one now and then."""
    count = min(size, int(size * share + rng.random()))
    return np.sort(rng.choice(size, count, replace=False)) if count else np.zeros(0, dtype=np.int64)


def _copies(scene: Scene, rng: Rng, rows: Rows) -> tuple[dict[str, pa.Array], Ints]:
    """Rows delivered once more: at the same moment or hours later."""
    chosen = _sample(rng, len(rows.loaded_at), COPY_SHARE)
    later = np.where(chance(rng, len(chosen), 0.5), rng.integers(MINUTE, 12 * HOUR, len(chosen)), 0)
    loaded_at = rows.loaded_at[chosen]
    again = np.minimum(loaded_at + later, np.maximum(loaded_at, scene.batch.last_load))
    return _take(rows.columns, chosen), again


def _older(scene: Scene, rng: Rng, table: Table, rows: Rows) -> tuple[dict[str, pa.Array], Ints]:
    """Earlier versions of rows, with an earlier time of change and of loading."""
    says = OLDER.get(table.name)
    if says is None:
        return _take(rows.columns, np.zeros(0, dtype=np.int64)), rows.loaded_at[:0]
    allowed = rows.loaded_at - DAY >= scene.batch.first_load
    if table.latest_by:
        allowed &= rows.columns[table.latest_by].is_valid().to_numpy(zero_copy_only=False)
    if rows.replaces is not None:
        allowed &= ~rows.replaces
    eligible = np.flatnonzero(allowed)
    chosen = eligible[_sample(rng, len(eligible), OLDER_SHARE)]
    size = len(chosen)
    columns = _take(rows.columns, chosen)
    for name, value in says.items():
        columns[name] = pa.repeat(pa.scalar(value, pa.string()), size)
    earlier = rng.integers(HOUR, DAY, size)
    if table.latest_by:
        column = columns[table.latest_by]
        seconds = column.cast(pa.timestamp("s")).cast(pa.int64()).to_numpy(zero_copy_only=False)
        columns[table.latest_by] = pa.array(seconds - earlier, pa.timestamp("s")).cast(pa.string())
    return columns, rows.loaded_at[chosen] - earlier


def _repaired(table: Table, rows: Rows) -> pa.Table:
    """The truth about rows that hold an invalid value as they are, once for all their versions."""
    if rows.repaired is None:
        return truth.BAD_ROWS.empty_table()
    column, invalid = rows.repaired
    first = np.flatnonzero(invalid if rows.replaces is None else invalid & ~rows.replaces)
    keys = truth.row_keys(table, _take(rows.columns, first))
    reasons = same(f"invalid_{column}", len(first))
    return truth.bad_rows(table, keys, reasons, np.ones(len(first), dtype=np.bool_))


def _defective(
    scene: Scene, rng: Rng, table: Table, rows: Rows
) -> Iterator[tuple[dict[str, pa.Array], Ints, pa.Table]]:
    """Copies of good rows with one defect each, defect by defect."""
    size = len(rows.loaded_at)
    if not size:
        return
    catalogue = CATALOGUE[table.name]
    each = np.bincount(
        rng.integers(0, len(catalogue), round(size * BAD_SHARE)), minlength=len(catalogue)
    )
    complete = scene.is_first and scene.batch.number == 1 and scene.people.count >= FULL_FROM
    if complete:
        each = np.maximum(each, 1)
    number = 0
    for defect, count in zip(catalogue, each.tolist(), strict=True):
        eligible = _eligible(rows, defect) if count else np.zeros(0, dtype=np.int64)
        if not len(eligible):
            continue
        chosen = eligible[rng.integers(0, len(eligible), count)]
        columns, loaded_at = _take(rows.columns, chosen), rows.loaded_at[chosen]
        key = table.key[0]
        suffix = join("-x", whole(np.arange(number, number + count)))
        batch = f"-{scene.batch.number}" if scene.batch.number > 1 else ""
        columns[key] = join(columns[key], suffix, same(batch, count))
        for name, value in defect.changes.items():
            columns[name] = values_for(value, loaded_at, rng, number)
        keys = truth.row_keys(table, columns)
        reasons = same(defect.reason, count)
        repaired = np.full(count, defect.is_repaired)
        if defect.is_repaired and table.name in PARTY_TABLES and rows.owner is not None:
            made = join(PARTY_TABLES[table.name], columns[key])
            scene.records.append(Records(made, rows.owner[chosen]))
        number += count
        yield columns, loaded_at, truth.bad_rows(table, keys, reasons, repaired)


def _eligible(rows: Rows, defect: Defect) -> Ints:
    """Good rows that the defect can be put into so that nothing else about them is wrong."""
    mask = np.ones(len(rows.loaded_at), dtype=np.bool_)
    if rows.repaired is not None:
        mask &= ~rows.repaired[1]
    for name in defect.where:
        mask &= rows.columns[name].is_valid().to_numpy(zero_copy_only=False)
    for name, value in defect.where_equal:
        equal = pc.equal(rows.columns[name], value).fill_null(False)
        mask &= equal.to_numpy(zero_copy_only=False)
    return np.flatnonzero(mask)


def _untidy(rng: Rng, table: Table, columns: dict[str, pa.Array], good: int) -> dict[str, pa.Array]:
    """Space around values, other capitals, other spellings of times, words for nothing, long texts.

    None of it changes what a row means. Only the first `good` rows are touched, so copies and
    defective rows stay what they are.
    """
    size = len(next(iter(columns.values())))
    touched = np.arange(size) < good
    result = dict(columns)
    for name, words in _PLACEHOLDERS.get(table.name, {}).items():
        mask = _holds(result[name]) & touched & chance(rng, size, 0.008)
        result[name] = put(
            result[name], mask, pick(words, rng.integers(0, len(words), int(mask.sum())))
        )
    long = _LONG_TEXTS.get(table.name)
    if long:
        mask = _holds(result[long]) & touched & (rng.permutation(size) < 1 + size // 20_000)
        result[long] = put(result[long], mask, same(_LONG, int(mask.sum())))
    for name in table.columns:
        if name in _OTHER_TIMES and name != table.latest_by:
            result[name] = _other_times(rng, result[name], touched)
        if name in _ANY_CASE:
            mask = _holds(result[name]) & touched & chance(rng, size, 0.004)
            part = result[name].filter(pa.array(mask))
            other = where(chance(rng, len(part), 0.5), pc.utf8_lower(part), pc.utf8_upper(part))
            result[name] = put(result[name], mask, other)
        if name in _SPACED:
            mask = _holds(result[name]) & touched & chance(rng, size, 0.004)
            part = result[name].filter(pa.array(mask))
            before, after = (
                pick(_SPACE, rng.integers(0, len(_SPACE), len(part))) for _ in range(2)
            )
            result[name] = put(result[name], mask, join(before, part, after))
    return result


def _holds(column: pa.Array) -> Bools:
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False))


def _other_times(rng: Rng, column: pa.Array, touched: Bools) -> pa.Array:
    """Some times with a T, a Z, fractions or an offset of zero."""
    mask = _holds(column) & touched & chance(rng, len(column), 0.006)
    part = column.filter(pa.array(mask))
    lettered = pc.replace_substring(part, " ", "T")
    tail = pick(("", "Z", ".000", "+00:00"), rng.integers(0, 4, len(part)))
    return put(column, mask, join(lettered, tail))
