"""A dbt project of the models that fit and predict lifetime value, on customers of a test's own."""

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.support import REPOSITORY
from tests.value.logs import Summary

MODELS = ("purchase_fits", "spend_fits", "usable_fit", "expected_orders", "predictions")
USED_MACROS = ("engine", "materializations", "normalise", "settings", "value")
AS_OF_DATE = "CUSTOMER_360_AS_OF_DATE"  # a variable of the environment, so that dbt reads once

MACROS = """
{% macro as_of_date() -%} cast('{{ env_var("CUSTOMER_360_AS_OF_DATE") }}' as date) {%- endmacro %}

{% macro dying_parameters() -%} {{ return(gamma_gamma_parameters()) }} {%- endmacro %}
{% macro dying_groups_sql(rows) -%} {{ return(gamma_gamma_groups_sql(rows)) }} {%- endmacro %}
{% macro dying_step_sql(parameters, groups, largest_count) -%}
    {%- if parameters[0] | float != 1 -%} select no_such_column {%- endif -%}
    {{ gamma_gamma_step_sql(parameters, groups, largest_count) }}
{%- endmacro %}
"""


def make_project(folder: Path, customers: Iterable[Summary]) -> Path:
    """The models, with the customers' summaries and one order without a return as seeds."""
    measures = REPOSITORY / "models" / "measures" / "value"
    (folder / "models").mkdir(parents=True)
    (folder / "seeds").mkdir()
    (folder / "macros").mkdir()
    (folder / "macros" / "of_the_test.sql").write_text(MACROS)
    for model in ("int_clv_parameters", *(f"int_value__{model}" for model in MODELS)):
        shutil.copy(measures / f"{model}.sql", folder / "models")
    write_customers(folder, customers)
    (folder / "seeds" / "int_customer_facts__orders.csv").write_text(
        "customer_id,order_date,is_purchase,is_return,net_amount_reporting\n"
        "ann,1990-01-01,true,false,100\n"
    )
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    for hooks in ("on-run-start", "on-run-end"):
        del project[hooks]
    project["name"] = "lifetime_value"
    project["macro-paths"] = [
        "macros",
        *(str(REPOSITORY / "macros" / name) for name in USED_MACROS),
    ]
    project["models"] = {"+materialized": "table"}
    project["seeds"] = {}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    return folder


def write_customers(project: Path, customers: Iterable[Summary]) -> None:
    """Other customers, for the next build."""
    path = project / "seeds" / "int_value__purchase_summary.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Summary._fields)
        rows.writerows(customers)
