"""A customer is erased by statements of each warehouse; tests/identity has DuckDB, and what for."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.platform.warehouse import Target
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at

GONE, THERE = "retail:o'hara@corp.example", "retail:2"
# (schema, table) -> the columns, and rows of them
TABLES: dict[tuple[str, str], str] = {
    ("identity", "int_identity__changed_records"): "select '' as record_key where 1 = 0",
    ("identity", "int_identity__scope"): "select '' as record_key where 1 = 0",
    ("identity", "int_identity__known_records"): (
        "select {there} as record_key, 'retail' as source_name"
    ),
    ("identity", "int_identity__known_identifiers"): "select {there} as record_key",
    ("identity", "int_identity__nodes"): (
        "select {gone} as record_key, cast(1 as bigint) as node_id"
        " union all select {there}, cast(2 as bigint)"
    ),
    ("identity", "int_identity__anchors"): (
        "select cast(1 as bigint) as node_id, {gone} as record_key,"
        " cast(1 as bigint) as anchor_node_id, {gone_id} as customer_id, {now} as gone_at union all"
        " select cast(2 as bigint), {there}, cast(2 as bigint), {there_id}, cast(null as {time})"
    ),
    ("marts", "identity_map_history"): (
        "select 'p1' as period_id, {gone} as record_key, {gone_id} as customer_id,"
        " {now} as valid_from, {now} as valid_to"
        " union all select 'p2', {there}, {there_id}, {now}, cast(null as {time})"
    ),
    ("marts", "identity_events"): (
        "select 'e1' as event_id, {gone_id} as customer_id, {there_id} as other_customer_id,"
        " {gone} as record_key, 'split' as event, {now} as happened_at, 'contacts' as tier,"
        " 'email' as identifier_type, 'o@corp.example' as identifier_value, 'name' as reason"
        " union all select 'e2', {there_id}, cast(null as {text}), {there}, 'created', {now},"
        " cast(null as {text}), cast(null as {text}), cast(null as {text}), cast(null as {text})"
    ),
    ("marts", "customer_metrics_daily"): (
        "select {gone_id} as customer_id union all select {there_id}"
    ),
    ("measures", "int_alert_days"): "select {gone_id} as customer_id union all select {there_id}",
}


def relation(target: Target, schema: str, table: str) -> Any:
    place = target.operations.schema.replace("operations", schema)
    return target.operations.incorporate(path={"schema": place, "identifier": table})


@pytest.mark.parametrize("name", ENGINES[1:])
def test_a_customer_is_erased_and_the_other_left(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    endpoint = request.getfixturevalue(f"{name}_endpoint")
    engine: Engine = engine_at(name, endpoint, tmp_path, company_vars(name), "erased")
    with engine.target() as target:
        keys = {
            key: target.adapter.execute_macro("text_literal", kwargs={"text": text})
            for key, text in (("gone", GONE), ("there", THERE))
        }
        ids = {
            f"{key}_id": target.adapter.execute_macro("customer_id_of", kwargs={"record_key": text})
            for key, text in keys.items()
        }
        now = f"cast('2026-01-02 03:04:05' as {target.timestamp})"
        words = {**keys, **ids, "now": now, "time": target.timestamp, "text": "string"}
        for (schema, table), rows in TABLES.items():
            made = relation(target, schema, table)
            target.execute(f"create schema if not exists {made.without_identifier()}")
            target.execute(f"create table {made} as {rows.format_map(words)}")
        [[gone_id, there_id]] = target.query(f"select {ids['gone_id']}, {ids['there_id']}")
    for customer_id, is_erased in ((there_id, False), (gone_id, True), (gone_id, False)):
        arguments = f"{{customer_id: {customer_id}, confirm: true}}"
        result = engine.dbt("run-operation", "erase_customer", "--args", arguments)
        assert result.success == is_erased, customer_id
    with engine.target() as target:
        found = {
            table: [*map(tuple, target.query(f"select * from {relation(target, schema, table)}"))]
            for schema, table in TABLES
        }
    for rows in found.values():
        assert not [row for row in rows if {GONE, gone_id, "o@corp.example", "p1", "e1"} & {*row}]
    keys_left = sorted(row[0] for row in found["int_identity__nodes"])
    assert keys_left == ["erased:1", THERE]
    assert sorted(row[1] for row in found["int_identity__anchors"]) == keys_left
    assert sorted(row[1] for row in found["identity_map_history"]) == keys_left
    assert sorted(row[4] for row in found["identity_events"]) == ["created", "erased", "split"]
    assert found["customer_metrics_daily"] == found["int_alert_days"] == [(there_id,)]
