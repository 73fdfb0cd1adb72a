"""Tables need the columns without which a row means nothing; others are as their absence says."""

import pytest

from tests.support import Warehouse

LOADED = "2026-02-01 02:00:00"
TABLES = {
    "retail/customers": ("customer_id", "c1", "c2"),
    "retail/transactions": (
        "transaction_id,customer_id,transaction_date,total_amount,currency_code",
        "t1,c1,2026-01-10,30,GBP",
        "t2,c1,2026-01-12,-10,GBP",
        "t3,c2,2026-01-12,5,GBP",
    ),
    "retail/transaction_items": (
        "item_id,transaction_id,product_id,quantity,unit_price",
        "i1,t1,p,2,15",
        "i2,t2,p,-1,10",
    ),
    "support/tickets": (
        "ticket_id,created_at,resolved_at,requester_email",
        "k1,2026-01-10,2026-01-11,ann@corp.example",
        "k2,2026-01-10,,ann@corp.example",
    ),
    "oracle_brm/billing_transaction": (
        "transaction_id,customer_id,transaction_date,transaction_type,amount,currency",
        "b1,a1,2026-01-10,invoice,12,GBP",
    ),
    "oracle_brm/subscription": (
        "subscription_id,customer_id,start_date,mrr,currency",
        "s1,a1,2026-01-01,7,GBP",
    ),
}
ABSENT = ["retail.products", "retail.stores", "support.interactions", "oracle_brm.usage"]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("little")
    for table, (header, *rows) in TABLES.items():
        path = folder / "raw" / f"{table}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{header},_loaded_at", *(f"{row},{LOADED}" for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    variables = {
        "sources": ["retail", "support", "oracle_brm"],
        "absent_tables": ABSENT,
        "as_of_date": "2026-02-02",
    }
    company = Warehouse(folder, folder / "raw", variables)
    company.build()
    return company


def test_nothing_is_rejected(company: Warehouse) -> None:
    assert company.value("select count(*) from operations.rejected_records") == 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "select order_id, order_type, order_status, cast(net_amount as varchar)"
            " from marts.orders",
            [
                ("retail:t1", "purchase", "completed", "30.0000"),
                ("retail:t2", "return", "completed", "-10.0000"),
                ("retail:t3", "purchase", "completed", "5.0000"),
            ],
        ),
        (
            "select order_item_id, item_status from marts.order_items",
            [("retail:i1", "sold"), ("retail:i2", "returned")],
        ),
        (
            "select ticket_id, ticket_status from marts.tickets",
            [("support:k1", "resolved"), ("support:k2", "open")],
        ),
        (
            "select billing_transaction_id, transaction_status from marts.billing_transactions",
            [("oracle_brm:b1", "posted")],
        ),
        (
            "select subscription_id, subscription_status from marts.subscriptions",
            [("oracle_brm:s1", "active")],
        ),
        (
            "select source_record_id, frequency, cast(monetary as varchar) from marts.customer_rfm"
            " join identity.int_identity__map using (customer_id)"
            " join conformed.int_party_records using (record_key) where source_name = 'retail'",
            [("c1", 1, "20.0000"), ("c2", 1, "5.0000")],
        ),
    ],
)
def test_what_is_absent_is_what_the_contract_says(
    company: Warehouse, question: str, answer: list[tuple[object, ...]]
) -> None:
    assert company.query(f"{question} order by 1") == answer
