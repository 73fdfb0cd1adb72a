"""The materialisation maximum_likelihood, on the logs of real shops: whose fits come out, which are
not to be used, and when a fit is made anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult

from tests.engines.engine import engine_at
from tests.value import logs
from tests.value.project import AS_OF_DATE, make_project, write_customers

Customers = list[logs.Summary]

PURCHASES = ("r", "alpha", "a", "b")
SPEND = ("p", "q", "v")
FITS = ("--select", "+int_value__usable_fit")
DAY = "1997-09-30"


class Shop:
    """The project on customers of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder / "project", [])
        self.engine = engine_at("duckdb", None, folder)
        self.database = Path(self.engine.variables["CUSTOMER_360_DUCKDB"])

    def build(
        self, day: str, *arguments: str, customers: Customers | None = None, refit: bool = False
    ) -> dbtRunnerResult:
        """Build the fits as of a day; customers: others than before."""
        if customers is not None:
            write_customers(self.project, customers)
        variables = self.engine.variables | {AS_OF_DATE: day}
        engine = replace(self.engine, variables=variables, dbt_vars={"refit": refit})
        return engine.dbt("build", *FITS, *arguments, project_dir=self.project)

    def fit(self, day: str, *arguments: str, **options: Any) -> None:
        result = self.build(day, *arguments, **options)
        assert result.success, result.exception or [node.message for node in result.result]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(self.database) as connection:
            return connection.execute(sql).fetchall()

    def newest(self, *columns: str) -> tuple[Any, ...]:
        """Columns of the newest row of int_clv_parameters."""
        [row] = self.query(
            f"select {', '.join(columns)} from int_clv_parameters"
            " qualify row_number() over (order by as_of_date desc) = 1"
        )
        return row

    def days(self) -> list[str]:
        """Days of which a fit of the purchases is kept."""
        rows = self.query("select as_of_date from int_value__purchase_fits order by 1")
        return [str(day) for (day,) in rows]


@pytest.fixture(scope="module")
def any_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(any_shop: Shop) -> Shop:
    """The project with an empty database."""
    any_shop.database.unlink(missing_ok=True)
    return any_shop


@pytest.fixture(scope="module")
def cdnow() -> Customers:
    return logs.summaries(logs.cdnow(), logs.CDNOW_END)


@pytest.fixture(scope="module")
def uci() -> Iterator[list[logs.Purchase]]:
    if not logs.UCI.exists():
        pytest.skip(f"the Online Retail file is not at {logs.UCI}; CUSTOMER_360_SHARED says where")
    yield logs.uci()


def test_cdnow_without_free_orders(shop: Shop, cdnow: Customers) -> None:
    """In weeks r .243903, alpha 4.422435, a .792508, b 2.422938, log-likelihood -9578.1966."""
    shop.fit(DAY, customers=cdnow)
    r, alpha, a, b = shop.newest(*PURCHASES)
    assert [round(value, 6) for value in (r, alpha / 7, a, b)] == [
        0.243903, 4.422435, 0.792508, 2.422938,
    ]  # fmt: skip
    assert shop.newest("customer_count", "is_degenerate", "reason") == (2349, False, None)
    assert shop.query("select clv_status from int_value__usable_fit") == [("fitted",)]


def test_uci(shop: Shop, uci: list[logs.Purchase]) -> None:
    shop.fit(str(logs.UCI_END), customers=logs.summaries(uci, logs.UCI_END))
    assert shop.newest(*PURCHASES) == pytest.approx(
        (0.826542, 68.90512, 0.0034374, 6.74511), rel=2e-6, abs=5e-8
    )
    assert shop.newest(*SPEND) == pytest.approx((2.11084, 3.43734, 479.619), rel=3e-6)
    assert shop.newest("spend_customer_count", "is_degenerate", "reason") == (
        2790, False, "hardly_anybody_leaves",
    )  # fmt: skip


def test_a_degenerate_fit_says_so_and_the_last_good_one_is_used(
    shop: Shop, uci: list[logs.Purchase]
) -> None:
    """On the UCI file as of 2011-08-31, b runs away."""
    day = date(2011, 8, 31)
    degenerate = logs.summaries(uci, day)
    shop.fit(str(day), customers=degenerate)
    assert shop.newest("is_degenerate", "reason") == (True, "b_without_bound")
    assert shop.newest("b")[0] > 1e6, "it climbs along a ridge until the slope is no more"
    assert shop.newest("is_spend_degenerate") == (False,)
    usable = "select clv_status, r is null, p is null from int_value__usable_fit"
    assert shop.query(usable) == [("no_fit", True, False)]

    shop.fit(str(logs.UCI_END), customers=logs.summaries(uci, logs.UCI_END))
    assert shop.query(usable) == [("fitted", False, False)]
    shop.fit("2011-12-31", customers=degenerate)
    assert shop.query(usable) == [("last_good_fit", False, False)]
    assert len(shop.days()) == 3


def test_a_fit_is_kept_for_a_week_by_full_refreshes_too(shop: Shop, cdnow: Customers) -> None:
    shop.fit(DAY, customers=cdnow)
    first = shop.newest(*PURCHASES)
    half = cdnow[::2]
    shop.fit("1997-10-07", customers=half)
    shop.fit("1997-10-07", "--full-refresh")
    assert shop.days() == [DAY]
    assert shop.newest(*PURCHASES) == first

    shop.fit("1997-10-08")
    assert shop.days() == [DAY, "1997-10-08"]
    second = shop.newest(*PURCHASES)
    assert second != first
    shop.fit("1997-10-08", customers=cdnow, refit=True)
    assert shop.days() == [DAY, "1997-10-08"]
    assert shop.newest(*PURCHASES) != second


def test_few_customers_are_not_fitted_and_looked_at_again(shop: Shop, cdnow: Customers) -> None:
    few = [customer for customer in cdnow if customer.repeat_purchase_day_count > 0][:199]
    shop.fit(DAY, customers=few)
    assert shop.newest("r", "step_count", "is_degenerate", "reason") == (
        None, 0, True, "few_repeat_buyers",
    )  # fmt: skip
    usable = "select clv_status, r from int_value__usable_fit"
    assert shop.query(usable) == [("few_customers", None)]
    shop.fit(DAY, customers=[])
    assert shop.newest("customer_count", "reason") == (0, "few_repeat_buyers")
    shop.fit(DAY, customers=cdnow)
    assert shop.newest("step_count", "is_degenerate")[1] is False
    assert shop.days() == [DAY]


def test_a_fit_that_dies_leaves_the_one_before(shop: Shop, cdnow: Customers) -> None:
    shop.fit(DAY, customers=cdnow)
    kept = shop.query("select * from int_value__spend_fits")
    with changed(shop.project, "spend_fits", "'gamma_gamma'", "'dying'"):
        result = shop.build("1997-11-01")
    assert not result.success
    assert [node.node.name for node in result.result if node.status == "error"] == [
        "int_value__spend_fits"
    ]
    assert shop.query("select * from int_value__spend_fits") == kept
    shop.fit("1997-11-01")
    assert shop.days() == [DAY, "1997-11-01"]


def test_what_does_not_converge_is_told_with_its_last_parameters(
    shop: Shop, cdnow: Customers
) -> None:
    with changed(
        shop.project, "purchase_fits", "min_repeat_count", "max_steps=2, min_repeat_count"
    ):
        shop.fit(DAY, customers=cdnow)
    assert shop.newest("is_degenerate", "reason", "step_count") == (True, "not_converged", 2)
    assert all(value > 0 for value in shop.newest(*PURCHASES))


@contextmanager
def changed(project: Path, model: str, text: str, other: str) -> Iterator[None]:
    """A model of the project with another text for a while."""
    file = project / "models" / f"int_value__{model}.sql"
    original = file.read_text()
    assert text in original
    file.write_text(original.replace(text, other))
    yield
    file.write_text(original)
