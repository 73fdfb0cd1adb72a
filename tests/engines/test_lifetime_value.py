"""BG/NBD and Gamma-Gamma, fitted and scored by the models of the project on CDNOW's customers: the
digits of the papers on DuckDB, and the same on the other engines."""

from dataclasses import replace
from math import log
from pathlib import Path

import pytest
from scipy.special import hyp2f1

from tests.engines.company import SCHEMA
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at
from tests.value import logs
from tests.value.project import AS_OF_DATE, make_project

# Published for times in weeks: Fader, Hardie & Lee (2005), Fader & Hardie (2013).
IN_WEEKS = {"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}
SPEND = {"p": 6.2496, "q": 3.7442, "v": 15.4435}
LOG_LIKELIHOOD_IN_WEEKS = -9582.4292
SPEND_LOG_LIKELIHOOD = -4055.9177
CUSTOMERS = logs.summaries(logs.cdnow(), logs.CDNOW_END, free_orders=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("cdnow") / "project", CUSTOMERS)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    name = request.param
    endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
    folder = tmp_path_factory.mktemp(f"cdnow_{name}")
    engine = engine_at(name, endpoint, folder, company_vars(name), SCHEMA)
    return replace(engine, variables=engine.variables | {AS_OF_DATE: str(logs.CDNOW_END)})


@pytest.fixture(scope="module")
def built(engine: Engine, project: Path) -> Engine:
    result = engine.dbt("build", project_dir=project)
    assert result.success, result.exception or [node.message for node in result.result]
    return engine


def newest_fit(engine: Engine, project: Path) -> dict[str, float]:
    """The newest row of int_clv_parameters."""
    columns = (*IN_WEEKS, *SPEND, "log_likelihood", "spend_log_likelihood")
    texts = ", ".join(f"cast({column} as {{{{ dbt.type_string() }}}})" for column in columns)
    rows = engine.show(f"select {texts} from {{{{ ref('int_clv_parameters') }}}}", project)
    return dict(zip(columns, (float(value) for value in rows[0]), strict=True))


def test_the_fits_are_those_of_the_papers(built: Engine, project: Path) -> None:
    found = newest_fit(built, project)
    assert [round(found[name] / (7 if name == "alpha" else 1), 6) for name in IN_WEEKS] == [
        *IN_WEEKS.values()
    ]
    assert [round(found[name], 4) for name in SPEND] == [*SPEND.values()]
    assert round(found["spend_log_likelihood"], 4) == SPEND_LOG_LIKELIHOOD
    purchases = sum(customer.repeat_purchase_day_count for customer in CUSTOMERS)
    in_weeks = found["log_likelihood"] + log(7) * purchases
    assert round(in_weeks, 4) == LOG_LIKELIHOOD_IN_WEEKS


def by_hand(fit: dict[str, float]) -> list[float]:
    """Sums over all customers, by the papers' closed forms: p_alive, purchase days within 365
    days, what one is worth, and the probability of none within 90."""
    r, alpha, a, b, p, q, v = (fit[name] for name in (*IN_WEEKS, *SPEND))
    sums = [0.0] * 4
    for customer in CUSTOMERS:
        x, age = customer.repeat_purchase_day_count, alpha + customer.age_days
        left = ((age / (alpha + customer.recency_days)) ** (r + x) * a / (b + x - 1)) if x else 0
        alive = 1 / (1 + left)
        shrunk = (age / (age + 365)) ** (r + x)
        gauss = hyp2f1(r + x, b + x, a + b + x - 1, 365 / (age + 365))
        orders = (a + b + x - 1) / (a - 1) * (1 - shrunk * gauss)
        days, mean = customer.repeat_value_day_count, customer.mean_repeat_value_reporting or 0
        value = p * (v + days * mean) / (p * days + q - 1)
        none = 1 - alive + alive * (age / (age + 90)) ** (r + x)
        found = (alive, alive * orders, value, none)
        sums = [total + part for total, part in zip(sums, found, strict=True)]
    return sums


def test_predictions_are_those_of_the_papers_closed_forms(built: Engine, project: Path) -> None:
    [(customers, alive, orders, value, leaving)] = built.show(
        """
        select
            count(*),
            cast(sum(p_alive) as {{ dbt.type_string() }}),
            cast(sum(expected_orders_12m) as {{ dbt.type_string() }}),
            cast(sum(expected_order_value) as {{ dbt.type_string() }}),
            cast(sum(no_purchase_probability) as {{ dbt.type_string() }})
        from {{ ref('int_value__predictions') }}
        """,
        project,
    )
    assert customers == len(CUSTOMERS)
    found = [float(part) for part in (alive, orders, value, leaving)]
    assert found == pytest.approx(by_hand(newest_fit(built, project)), rel=1e-8)
