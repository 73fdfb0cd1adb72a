"""A seed of rules that makes no sense is refused by a message that names its row."""

import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY, Warehouse, copy_project, failures_of


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the project whose seeds are loaded."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "raw").mkdir()
    warehouse = Warehouse(folder, folder / "raw", {}, copy_project(folder / "project"))
    assert warehouse.dbt("seed").success
    return warehouse


@pytest.mark.parametrize(
    ("seed", "right", "wrong", "said"),
    [
        ("alert_rules", "LowNPS,High,nps_score,<=", "LowNPS,High,nps_score,=<",
         'row "LowNPS, High": operator must be >= or <='),
        ("alert_rules", "LowNPS,High,nps_score", "LowNPS,High,nps_scor",
         'row "LowNPS, High": metric must be one of nps_score, csat_score'),
        ("alert_rules", "LowNPS,High", "LowNPS,Hi", 'row "LowNPS, Hi": severity must be one of'),
        ("alert_rules", ">=,1,30,3", ">=,1,,3", 'row "PaymentFailed, High": window_days is of'),
        ("alert_rules", "<=,-30,,3", "<=,-30,,0", 'row "UsageDown, Medium": resolves_after_days'),
        ("risk_bands", "High,2,6,3,5", "High,2,2,3,5",
         'row "High": nps_at_most is below that of a worse level'),
        ("risk_bands", "High,2,6,3,5", "High,2,6,3,7",
         'row "High": ces_effort_at_least is above that of a worse level'),
        ("risk_bands", "Medium,3,8,4,3", "Medium,3,8,,3", 'row "Medium": a bound is missing'),
        ("exchange_rates", "JPY,1900-01-01", "JPY,1901-01-01",
         'row "JPY": the currency has no rate from 1900-01-01 on'),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_names_its_row(
    seeded: Warehouse, seed: str, right: str, wrong: str, said: str
) -> None:
    file: Path = seeded.project / "seeds" / f"{seed}.csv"
    text = file.read_text()
    assert text.count(right) == 1
    rows = f"select count(*) from reference.{seed}"
    before = seeded.query(f"from reference.{seed}")
    file.write_text(text.replace(right, wrong))
    try:
        result = seeded.dbt("seed", "--select", seed)
    finally:
        file.write_text(text)
    assert not result.success
    assert f"seeds/{seed}.csv, {said}" in str(failures_of(result))
    assert seeded.query(f"from reference.{seed}") == before, "what was there stays"
    assert seeded.value(rows) > 0


def test_a_reporting_currency_without_rates_is_named(seeded: Warehouse) -> None:
    result = seeded.dbt("seed", "--select", "exchange_rates", reporting_currency="nok")
    assert not result.success
    assert "var 'reporting_currency' is 'NOK': seeds/exchange_rates.csv has rates of AUD, " in (
        failures_of(result)
    )
    assert seeded.dbt("seed", "--select", "exchange_rates", reporting_currency="eur").success


def test_a_metric_that_rules_may_name_is_one_that_is_measured() -> None:
    check = (REPOSITORY / "macros" / "experience" / "check_rules.sql").read_text()
    model = (REPOSITORY / "models/measures/experience/int_alert_days.sql").read_text()
    [known] = re.findall(r"set metrics = \[(.*?)\]", check, re.DOTALL)
    measured = re.findall(r"'(\w+)' as metric\b", model)
    assert len(measured) > 1
    assert sorted(re.findall(r"'(\w+)'", known)) == sorted(measured)
