"""Recurring revenue of the simulated company against its truth, also before anything was loaded."""

from datetime import date

from tests.support import Warehouse

# Customers all of whose subscriptions are in pounds, the currency of the report, and none of whose
# rows came with a fault: what each brought at the end of each month, as it is and as it was found.
COMPARED = """
    with truth as (
        select map.customer_id, recurring.*
        from read_parquet('{truth}/recurring_revenue.parquet') as recurring
        inner join identity.int_identity__map as map using (record_key)
    ),
    left_out as (
        select customer_id from truth where currency <> 'GBP'
        union
        select customer_id from marts.subscriptions
        where subscription_id not in (
            select 'oracle_brm:' || subscription_id from truth
        )
    )
    select
        months.month_start_date,
        count(*) as customer_count,
        sum(months.closing_mrr) as found,
        sum(coalesce(lived.mrr, 0)) as lived,
        count(*) filter (where months.closing_mrr <> coalesce(lived.mrr, 0)) as differing_count
    from marts.mrr_monthly as months
    left join lateral (
        select sum(truth.mrr) as mrr
        from truth
        where
            truth.customer_id = months.customer_id
            and truth.valid_from <= last_day(months.month_start_date)
            and truth.valid_to > last_day(months.month_start_date)
    ) as lived on true
    where months.is_whole_month and months.customer_id not in (select customer_id from left_out)
    group by all
    order by all
"""


def test_every_month_is_that_of_the_truth(warehouse: Warehouse) -> None:
    months = warehouse.query(COMPARED.format(truth=warehouse.truth_dir))
    first_load = warehouse.value("select min(_loaded_at) from raw_oracle_brm.subscription")
    two_years_before = date(first_load.year - 2, first_load.month, 1)
    by_month = {month[0]: month for month in months}
    assert [month for month in months if month[-1]] == []
    _, customers, found, lived, _ = by_month[two_years_before]
    assert customers > 5
    assert found == lived > 0


def test_subscriptions_change_in_every_way(warehouse: Warehouse) -> None:
    moved = warehouse.query(
        "select sum(new_mrr), sum(expansion_mrr), sum(contraction_mrr), sum(churned_mrr),"
        " sum(reactivated_mrr) from marts.mrr_monthly"
    )
    assert all(amount > 0 for amount in moved[0]), moved
    [[most]] = warehouse.query("select max(version_count) from marts.subscriptions")
    assert most > 2
