"""A customer whose records are gone is forgotten, and everybody else stays as they are."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.case_files import write_cases
from tests.identity.case_files import USUAL
from tests.identity.killed import wrecks_of
from tests.support import Warehouse, tables_that_differ

pytestmark = pytest.mark.slow

VARIABLES = {
    "sources": ["retail"],
    "absent_tables": ["retail.transaction_items", "retail.products", "retail.stores"],
    "as_of_date": "2026-02-02",
}
Rows = dict[str, list[dict[str, str]]]
ANN = {"first_name": "Ann", "last_name": "Vergessen", "address_line_1": "5 Lethe Lane"}
ANNS = [
    {"customer_id": "ann-1", "email_address": "ann@lethe.example", **ANN},
    {"customer_id": "ann-2", "phone_number": "+44 20 7946 0991", **ANN},
]
# as many as it takes for two to be no loss that stops a run
OTHERS = [
    {"customer_id": f"bo-{number}", "email_address": f"bo{number}@box.example", "first_name": "Bo"}
    for number in range(1, 10)
]
# what joins her two records
BRIDGE = {**ANNS[1], "email_address": "ann@lethe.example"}
ORDERS = [
    {
        "transaction_id": f"t{number}", "customer_id": customer, "transaction_date": day,
        "total_amount": "10", "currency_code": "GBP",
    }
    for number, (customer, day) in enumerate(
        [("ann-1", "2026-01-21"), ("bo-1", "2026-01-22"), ("ann-2", "2026-02-01")]
    )
]  # fmt: skip
# what says when runs were
OF_RUNS = {"operations.built_tables", "operations.incremental_rules"}
TRACES = ("ann-1", "ann-2", "ann@", "lethe", "vergessen", "79460991")


def load(shop: Warehouse, *customers: dict[str, str]) -> None:
    """The shop has these customers, and the orders of those."""
    shutil.rmtree(shop.raw_dir, ignore_errors=True)
    ids = {customer["customer_id"] for customer in customers}
    orders = [order for order in ORDERS if order["customer_id"] in ids]
    rows: Rows = {"retail.customers": [*customers], "retail.transactions": orders}
    write_cases(shop.raw_dir, [{"rows": rows}], USUAL)


def erase(shop: Warehouse, customer_id: str, *, confirm: str = "true") -> bool:
    """`dbt run-operation erase_customer`; whether it said nothing against it."""
    arguments = f"{{customer_id: {customer_id}, confirm: {confirm}}}"
    return shop.dbt("run-operation", "erase_customer", "--args", arguments).success


def ids_of(shop: Warehouse) -> dict[str, str]:
    return dict(shop.query("select record_key, customer_id from identity.int_identity__anchors"))


def traces_in(shop: Warehouse, traces: tuple[str, ...]) -> set[str]:
    """Where any of some texts stands, in all columns of all tables: `marts.orders.customer_id`."""
    found = set()
    with duckdb.connect(str(shop.database), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"from {table}")
            names = [name for name, *_ in rows.description]
            for row in rows.fetchall():
                for name, value in zip(names, row, strict=True):
                    if any(trace in str(value).lower() for trace in traces):
                        found.add(f"{table}.{name}")
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A customer whose two records became one after the month ended, and somebody else."""
    folder = tmp_path_factory.mktemp("erasure")
    shop = Warehouse(folder, folder / "raw", VARIABLES)
    load(shop, *ANNS, *OTHERS)
    shop.build(tests=False, as_of_date="2026-01-31")
    load(shop, ANNS[0], BRIDGE, *OTHERS)
    shop.build(tests=False)
    return shop


@pytest.fixture(scope="module")
def her_ids(shop: Warehouse) -> tuple[str, str]:
    """Her id, and the one that was merged into it."""
    [[former_id, customer_id]] = shop.query(
        "select former_customer_id, customer_id from marts.customer_aliases"
    )
    assert customer_id == ids_of(shop)["retail:ann-1"] == ids_of(shop)["retail:ann-2"]
    return customer_id, former_id


@pytest.fixture(scope="module")
def without_her(shop: Warehouse, her_ids: tuple[str, str]) -> Warehouse:
    """The shop has deleted her."""
    copy = shop.copied(shop.folder / "without_her", shop.folder / "without_her" / "raw")
    load(copy, *OTHERS)
    copy.build("--full-refresh", tests=False)
    with duckdb.connect(str(copy.database)) as connection:
        # an alert, and a merge of two others of whom one had her record in the meantime
        connection.execute(
            "insert into measures.int_alert_days by name select 'day' as alert_day_id,"
            f" date '2026-01-31' as alert_date, '{her_ids[0]}' as customer_id"
        )
        connection.execute(
            "insert into marts.identity_map_history select 'past', 'retail:ann-2', 'cus_of_others',"
            " timestamp '2025-01-01', timestamp '2025-01-02'"
        )
        connection.execute(
            "insert into marts.identity_events by name"
            " select 'past' as event_id, 'merged' as event, 'cus_of_another' as customer_id,"
            " 'cus_of_others' as other_customer_id,"
            " 'retail:other' as record_key, timestamp '2025-01-01' as happened_at,"
            " 'retail:ann-2 retail:other' as identifier_value"
        )
    return copy


@pytest.fixture(scope="module")
def erased(without_her: Warehouse, her_ids: tuple[str, str]) -> Warehouse:
    """And identity has forgotten her."""
    copy = without_her.copied(without_her.folder.parent / "erased")
    assert erase(copy, her_ids[0])
    return copy


def test_who_is_still_there_is_not_erased(
    shop: Warehouse, her_ids: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = ids_of(shop)
    for one in her_ids:
        assert not erase(shop, one)
        told = capsys.readouterr().out
        assert f"2 records of {her_ids[0]} are still in retail (docs" in told
    assert ids_of(shop) == before


@pytest.mark.parametrize(
    ("customer_id", "why"),
    [
        ("cus_0000000000000000", "no customer has or had the id cus_0000000000000000"),
        ("retail:ann-1", "a customer_id is cus_ and 16 of 0-9 and a-f"),
    ],
)
def test_who_was_never_there_is_not_erased(
    shop: Warehouse, customer_id: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not erase(shop, customer_id)
    assert why in capsys.readouterr().out


def test_after_a_run_that_was_killed_nobody_is_erased(
    without_her: Warehouse,
    her_ids: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = without_her.copied(tmp_path)
    with duckdb.connect(str(copy.database)) as connection:
        connection.execute("insert into identity.int_identity__scope values (1, 'retail:bo-1')")
    assert not erase(copy, her_ids[0])
    assert "dbt build first" in capsys.readouterr().out


def test_unless_it_is_confirmed_nobody_is_erased(
    without_her: Warehouse, her_ids: tuple[str, str]
) -> None:
    before = traces_in(without_her, TRACES)
    assert erase(without_her, her_ids[0], confirm="false")
    told = f"This would erase {her_ids[0]} with records that are gone: 2 of retail. To do it"
    assert told in (without_her.folder / "logs" / "dbt.log").read_text()
    assert traces_in(without_her, TRACES) == before


def test_nothing_is_left_of_her_and_all_of_everybody_else(
    without_her: Warehouse, erased: Warehouse, her_ids: tuple[str, str]
) -> None:
    assert traces_in(without_her, TRACES) == {
        *("identity.int_identity__nodes.record_key", "identity.int_identity__anchors.record_key"),
        *("marts.identity_events.record_key", "marts.identity_events.identifier_value"),
        "marts.identity_map_history.record_key",
    }
    assert {"marts.customer_metrics_daily.customer_id", "measures.int_alert_days.customer_id"} <= (
        traces_in(without_her, her_ids)
    )
    assert not traces_in(erased, (*TRACES, *her_ids))
    differ = tables_that_differ(without_her, erased, least=30)
    assert {table.split(".")[1] for table in differ} == {
        *("int_identity__nodes", "int_identity__anchors", "customer_metrics_daily"),
        *("identity_events", "identity_map_history", "int_alert_days"),
    }
    bo = ids_of(without_her)["retail:bo-1"]
    for table in ("identity_events", "identity_map_history", "customer_metrics_daily"):
        rows = f"from marts.{table} where customer_id = '{bo}'"
        assert erased.query(rows) == without_her.query(rows) != []
    assert (
        len(erased.query("from marts.identity_map_history where record_key like 'erased:%'")) == 4
    )
    events = "select event, record_key from marts.identity_events where record_key like 'erased:%'"
    assert sorted(erased.query(events)) == [
        ("created", "erased:1"), ("created", "erased:2"), ("ended", "erased:1"),
        ("erased", "erased:1"), ("merged", "erased:2"),
    ]  # fmt: skip


def test_runs_after_it_change_nothing(erased: Warehouse, tmp_path: Path) -> None:
    after = erased.copied(tmp_path, erased.raw_dir)
    after.build(tests=False)
    assert {*tables_that_differ(erased, after, least=30)} <= OF_RUNS
    after.build("--select", "config.meta.kept:identity", "customer_aliases")


def test_who_comes_again_is_somebody_new(
    erased: Warehouse, her_ids: tuple[str, str], tmp_path: Path
) -> None:
    after = erased.copied(tmp_path, tmp_path / "raw")
    load(after, ANNS[0], BRIDGE, *OTHERS)
    after.build(tests=False, as_of_date="2026-02-03")
    nodes = dict(after.query("select record_key, node_id from identity.int_identity__nodes"))
    assert (nodes["erased:1"], nodes["erased:2"]) == (1, 2)
    assert (nodes["retail:ann-1"], nodes["retail:ann-2"]) == (12, 13)
    told = "from marts.identity_events where event = 'created' and record_key = 'retail:ann-1'"
    assert len(after.query(told)) == 1
    # her id is made of her key again, and has no past
    history = "select count(*) from marts.identity_map_history where customer_id = '{}'"
    assert ids_of(after)["retail:ann-1"] == her_ids[0]
    assert after.value(history.format(her_ids[0])) == 2
    assert ids_of(after)["retail:bo-1"] == ids_of(erased)["retail:bo-1"]
    load(after, *OTHERS)
    after.build("--full-refresh", tests=False, as_of_date="2026-02-03")
    assert erase(after, her_ids[0])
    assert not traces_in(after, TRACES)


def test_she_is_erased_by_an_id_that_is_no_more(
    without_her: Warehouse, erased: Warehouse, her_ids: tuple[str, str], tmp_path: Path
) -> None:
    other = without_her.copied(tmp_path)
    assert erase(other, her_ids[1])
    assert not tables_that_differ(erased, other, least=30, of_other_runs=True)


def test_an_erasure_that_is_killed_is_done_by_the_next(
    without_her: Warehouse, erased: Warehouse, her_ids: tuple[str, str], tmp_path: Path
) -> None:
    killed = without_her.copied(tmp_path)
    with wrecks_of(killed, tmp_path / "wrecks") as wrecks:
        assert erase(killed, her_ids[0])
    [wreck] = wrecks  # all of it or nothing
    wreck.put_into(killed)
    assert erase(killed, her_ids[0])
    assert not tables_that_differ(erased, killed, least=30, of_other_runs=True), wreck.at
