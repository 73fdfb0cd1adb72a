"""Every question of docs/questions.md is answered, and rightly, on the simulated company."""

import re

import duckdb
import pytest

from tests.engines.test_compiled_sql import KNOWN_FUNCTIONS, faults_of
from tests.support import REPOSITORY, Warehouse

PAGE = (REPOSITORY / "docs" / "questions.md").read_text(encoding="utf-8")
# a question, its SQL, and the columns that it gives
FOUND = re.findall(
    r"^### ([^\n]+)\n(?:(?!^#).)+?^```sql\n((?:(?!^```).)+)^```\n\nGives `([^`]+)`",
    PAGE,
    re.DOTALL | re.MULTILINE,
)
SQL = {question: sql for question, sql, _ in FOUND}
COLUMNS = {question: columns.split(", ") for question, _, columns in FOUND}
SOMEBODY = "jo.smith@example.com"

# Of some questions what the answer says, and where else the warehouse says it.
ELSEWHERE = {
    "How many customers have we?": (
        "select sum(customer_count) from answer",
        "select count(*) from marts.customer_360 where not is_anonymous",
    ),
    "Who brought most revenue in the last twelve months?": (
        "select max(revenue_reporting) from answer",
        """
        select max(revenue) from (
            select sum(amount) as revenue from (
                select customer_id, net_amount_reporting as amount from marts.orders
                union all
                select
                    customer_id,
                    case when transaction_type in ('credit', 'refund') then -1 else 1 end
                    * amount_reporting
                from marts.billing_transactions
                where
                    transaction_type <> 'payment'
                    and transaction_status in ('completed', 'posted')
                    and transacted_at >= date '2025-07-01'
            )
            where customer_id is not null
            group by customer_id
        )
        """,
    ),
    "What is an order worth, month by month?": (
        "select * from answer order by 1",
        """
        select
            cast(date_trunc('month', order_date) as date),
            count(*),
            round(sum(net_amount_reporting) / count(*), 2)
        from marts.orders
        where is_purchase and customer_id is not null
        group by 1
        order by 1
        """,
    ),
    "How many buyers come back?": (
        "select buyer_count, repeat_buyer_count from answer",
        """
        select count(*), count(*) filter (day_count > 1) from (
            select count(distinct order_date) as day_count from marts.orders
            where is_purchase and customer_id is not null
            group by customer_id
        )
        """,
    ),
    "Do the customers of each month come back within 90 days?": (
        "select first_month, customer_count from answer order by 1",
        """
        select cast(date_trunc('month', first_purchase_date) as date), count(*)
        from marts.customer_clv
        where last_day(first_purchase_date) <= as_of_date - 90
        group by 1
        order by 1
        """,
    ),
    "How did MRR move, month by month?": (
        "select arg_max(closing_mrr, month_start_date) from answer",
        "select sum(mrr_reporting) from marts.subscriptions",
    ),
    "What is our net revenue retention?": (
        "select arg_max(customer_count, month_start_date) from answer",
        """
        select count(*) from marts.mrr_monthly
        where month_start_date = date '2025-06-01' and closing_mrr > 0
        """,
    ),
    "Who owes us money?": (
        "select sum(overdue_reporting) from answer",
        """
        select sum(amount_reporting) from marts.billing_transactions
        where due_date < as_of_date and not is_paid
            and transaction_status not in ('failed', 'reversed')
        """,
    ),
    "What are our segments worth?": (
        "select sum(net_revenue_reporting) from answer",
        "select sum(net_revenue_reporting) from marts.customer_360 where purchase_count > 0",
    ),
    "What was our NPS last quarter, by channel?": (
        "select channel, respondent_count, nps from answer order by 1",
        """
        select
            coalesce(channel, 'unknown'),
            count(*),
            round(100.0 * (count_if(score >= 9) - count_if(score <= 6)) / count(*), 1)
        from marts.survey_responses
        where
            survey_type = 'nps' and is_latest_of_quarter and response_date >= date '2026-04-01'
        group by 1
        order by 1
        """,
    ),
    "How large is the backlog?": (
        "select sum(open_ticket_count) from answer where support_date = date '2026-06-30'",
        "select count_if(is_open) from marts.tickets",
    ),
}


def query_of(question: str, warehouse: Warehouse) -> str:
    """The SQL of a question, for the warehouse itself, of somebody who is there."""
    known = warehouse.value(
        "select min(identifier_value) from marts.customer_identifiers"
        " where identifier_type = 'email' and is_linking"
    )
    return SQL[question].replace("published.", "marts.").replace(SOMEBODY, known)


def test_every_question_was_found() -> None:
    assert list(SQL) == re.findall("^### (.+)$", PAGE, re.MULTILINE)
    assert len(SQL) == PAGE.count("```sql") >= 30


@pytest.mark.parametrize("question", SQL)
def test_a_question_has_an_answer_of_the_columns_that_the_page_says(
    question: str, warehouse: Warehouse
) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        answer = connection.execute(query_of(question, warehouse))
        assert [name for name, *_ in answer.description] == COLUMNS[question]
        assert answer.fetchone()


@pytest.mark.parametrize("question", ELSEWHERE)
def test_other_tables_say_the_same(question: str, warehouse: Warehouse) -> None:
    said, elsewhere = ELSEWHERE[question]
    answer = f"with answer as ({query_of(question, warehouse)})"
    assert warehouse.query(f"{answer} {said}") == warehouse.query(elsewhere)


@pytest.mark.parametrize("dialect", KNOWN_FUNCTIONS)
def test_the_questions_are_of_the_dialect(dialect: str) -> None:
    faults = {question: [*faults_of(sql, dialect)] for question, sql in SQL.items()}
    assert not any(faults.values()), faults
