"""What is true: whose a record is, which rows are bad or copies, what subscriptions bring."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.scene import NOBODY, Records
from simulator.tables import Table
from simulator.text import DAY, Bools, Ints, keep, money, nothing, same
from simulator.world import People, household_ids, organisation_ids, person_ids

_SPACES = " \t\n\r\u00a0\u200b\ufeff"
RECORDS = pa.schema(
    [
        (name, pa.string())
        for name in ("record_key", "person_id", "household_id", "organisation_id", "tied_to")
    ]
)
"""Records of one person that are tied (`identity`) have the same `tied_to`."""
BAD_ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("source_name", "table_name", "row_key", "reason_code")),
        ("is_repaired", pa.bool_()),
    ]
)
RECURRING = pa.schema(
    [
        *((name, pa.string()) for name in ("subscription_id", "record_key")),
        *((name, pa.date32()) for name in ("valid_from", "valid_to")),
        ("currency", pa.string()),
        ("mrr", pa.decimal128(18, 2)),
    ]
)
"""What a subscription brings a month from a day until another, which no longer counts."""
DUPLICATE_ROWS = pa.schema(
    [(name, pa.string()) for name in ("source_name", "table_name", "row_key")]
)


def trimmed(column: pa.Array) -> pa.Array:
    """Texts without space around them; null where nothing else is there."""
    bare = pc.utf8_trim(column, _SPACES)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)


def normalised_email(email: pa.Array) -> pa.Array:
    """Mailboxes as they are compared: trimmed, lower case, the full-width @ folded."""
    bare = pc.utf8_lower(pc.utf8_trim(email, _SPACES))
    return pc.replace_substring(bare, "\uff20", "@")


def records(found: list[Records], people: People) -> pa.Table:
    """One row a party record of a chunk, in the order in which they were found.

    What two people are behind is nobody's in particular; so is what is named by a mailbox of two.
    """
    if not found:
        return RECORDS.empty_table()
    keys = pa.concat_arrays([part.keys for part in found])
    owners = np.concatenate([part.owners for part in found])
    valid = keys.is_valid().to_numpy(zero_copy_only=False)
    keys, owners = keys.filter(pa.array(valid)), owners[valid]
    codes = keys.dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    low, high = np.full(len(first), np.iinfo(np.int64).max), np.full(len(first), -(2**62))
    np.minimum.at(low, codes, owners)
    np.maximum.at(high, codes, owners)
    keys = keys.take(pa.array(first))
    mailbox = pc.replace_substring_regex(keys, "^[a-z_]+:email:", "")
    of_two = pc.is_in(mailbox, value_set=people.shared_mailboxes).to_numpy(zero_copy_only=False)
    return record_rows(keys, np.where((low == high) & ~of_two, low, NOBODY), people)


def record_rows(keys: pa.Array, owners: Ints, people: People) -> pa.Table:
    """Rows of the truth for record keys and owner codes."""
    is_person, is_organisation = owners >= 0, owners < -1
    person = np.where(is_person, owners, 0)
    place = np.where(is_person, owners - people.index[0], 0)
    organisation = np.where(is_organisation, -2 - owners, 0)
    columns = [
        keys,
        keep(is_person, person_ids(person)),
        keep(is_person, household_ids(people.household[place])),
        keep(is_organisation, organisation_ids(organisation)),
        nothing(len(owners)),
    ]
    return pa.table(columns, schema=RECORDS)


def recurring(
    subscription_id: pa.Array,
    record_key: pa.Array,
    since: Ints,
    until: Ints,
    currency: pa.Array,
    monthly: Ints,
) -> pa.Table:
    """Rows of the truth about recurring revenue: times in seconds, amounts in hundredths."""
    days = (pa.array((when // DAY).astype(np.int32), pa.date32()) for when in (since, until))
    amounts = money(monthly).cast(pa.decimal128(18, 2))
    return pa.table([subscription_id, record_key, *days, currency, amounts], schema=RECURRING)


def row_keys(table: Table, columns: dict[str, pa.Array]) -> pa.Array:
    """Key columns joined by a bar; null where one is missing."""
    return pc.binary_join_element_wise(*(trimmed(columns[name]) for name in table.key), "|")


def duplicate_rows(table: Table, keys: pa.Array) -> pa.Table:
    """Rows of the truth about extra copies."""
    size = len(keys)
    return pa.table(
        [same(table.source, size), same(table.short_name, size), keys], schema=DUPLICATE_ROWS
    )


def bad_rows(table: Table, keys: pa.Array, reasons: pa.Array, repaired: Bools) -> pa.Table:
    """Rows of the truth about defective rows."""
    size = len(keys)
    names = [same(table.source, size), same(table.short_name, size)]
    return pa.table([*names, keys, reasons, pa.array(repaired)], schema=BAD_ROWS)
