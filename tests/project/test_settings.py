"""A var that makes no sense is refused when dbt reads the project, in a sentence that names it."""

import re
from pathlib import Path

import pytest
import yaml

from tests.support import REPOSITORY, Warehouse

NO_LIST = "give a list, [a, b], of"
# what each is given, one reading of the project after another -> what is said of it
REFUSED: list[dict[str, tuple[object, str]]] = [
    {
        "sources": (["retial"], "unknown 'retial'. Known: customer_io, cx_survey, external"),
        "absent_tables": ("retail.stores", f"is 'retail.stores': {NO_LIST} customer_io.deliveries"),
        "raw_schemas": ({"shop": "x"}, "unknown 'shop'. Known: customer_io"),
        "raw_tables": ({"retail.stores": 3}, "is {'retail.stores': 3}: give a text for each"),
        "raw_columns": ({"retail.stores": "x"}, "give the names of columns, {table: {column:"),
        "raw_formats": ({"retail.stores": {"date": "%d.%m"}}, 'give {table: {date: "%d.%m.%Y"'),
        "rejected_share_warns": (20, "is 20: give a number from 0 to 1."),
        "lookback_days": ("three", "is 'three': give a whole number from 0 to 3650."),
        "scratch_table_format": ("orc", "unknown 'orc'. Known: delta, parquet."),
        "publications_kept": (0, "is 0: give a whole number from 1 to 1000."),
        "bi_role": ("", "is '': give a text, or null."),
        "as_of_date": ("2026-02-30", "is '2026-02-30': give a day that has begun, written as YY"),
        "backfill": ("yes", "is 'yes': give true or false."),
        "reporting_currency": ("pounds", "unknown 'pounds'. Known: AED, AFN"),
        "default_country": ("UK", "unknown 'UK'. Known: AC, AD, "),
        "plus_tags_ignored_for": (["gmail.com"], "is no more: write its domains into seeds/mail_d"),
        "rfm_window_days": (-30, "is -30: give a whole number from 1 to 36500, or null."),
        "value_tiers": ([{"tier": "VIP"}], "{'tier': 'VIP'} wants a tier, and numbers min_spend"),
        "clv_margin": ("0.2", "is '0.2': give a number from 0 to 1."),
        "clv_lifetime_years": (True, "is True: give a number from 0 to 100."),
        "churn_horizon_days": (None, "is null: give a whole number from 1 to 3650."),
        "mrr_rate": ("daily", "unknown 'daily'. Known: month_end, start."),
    },
    {
        "source_systems": ({"shop": {"tables": "orders"}}, "shop wants {tables: [a, b], supplies"),
        "sources": ([], f"is []: {NO_LIST} one or more of"),
        "absent_tables": (["retail.shops"], "unknown 'retail.shops'."),
        "raw_columns": ({"retail.shops": {"a": "b"}}, "unknown 'retail.shops'."),
        "raw_formats": ({"retail.stores": {"decimal": ";"}}, 'give {table: {date: "%d.%m.%Y"'),
        "value_tiers": (None, "is null: give a list of {tier, min_spend, min_orders}."),
        "as_of_date": ("2999-12-31", "is '2999-12-31': give a day that has begun"),
        "reporting_currency": (None, "is null: give one of AED"),
    },
]


@pytest.mark.parametrize("refused", REFUSED, ids=["first", "second"])
def test_every_var_that_makes_no_sense_is_named_at_once(
    refused: dict[str, tuple[object, str]], tmp_path: Path
) -> None:
    variables = {name: value for name, (value, _) in refused.items()} | {"repoting_currency": "EUR"}
    result = Warehouse(tmp_path, tmp_path / "raw").dbt("parse", **variables)
    assert not result.success
    said = [line.strip() for line in str(result.exception).splitlines()]
    assert any(line.startswith("--vars: unknown 'repoting_currency'. Known: ") for line in said)
    for name, (_, sentence) in refused.items():
        of_var = [line for line in said if line.startswith(f"var '{name}'")]
        assert len(of_var) == 1 and sentence in of_var[0], (name, of_var)
    assert sum(line.startswith(("var ", "--vars")) for line in said) == len(refused) + 1


def test_every_var_of_the_project_and_no_other_has_a_rule() -> None:
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    macro = (REPOSITORY / "macros" / "settings" / "check_vars.sql").read_text()
    assert sorted(re.findall(r"^        '(\w+)': \{", macro, re.MULTILINE)) == (
        sorted(project["vars"])
    )


def test_a_var_of_any_case_is_read_in_one() -> None:
    """What reads it as it is written may not see that it is another value."""
    of_any_case = r"var\(['\"](reporting_currency|default_country)"
    readers = [
        path.name
        for folder in ("models", "macros", "tests/dbt")
        for path in (REPOSITORY / folder).rglob("*.*")
        if re.search(of_any_case, re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    ]
    assert readers == ["settings.sql"]


def test_every_var_that_identity_reads_is_one_of_its_rules() -> None:
    """Another value of it makes every customer anew (identity_rules)."""
    macros = REPOSITORY / "macros"
    rules = (macros / "identity" / "identity_rules.sql").read_text()
    files = [
        *(REPOSITORY / "models" / "identity").rglob("*.sql"),
        *(macros / "identity").glob("*.sql"),
        *(macros / "materializations").glob("tiered_components*.sql"),
    ]
    read = {name for path in files for name in re.findall(r"var\('(\w+)'\)", path.read_text())}
    # which is no rule: it drops what was made
    assert read - {"start_anew"} == {
        *re.findall(r"'(\w+)'", re.findall(r"name in \[(.*)\]", rules)[0])
    }
