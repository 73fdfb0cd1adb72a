"""`make lint-sql` finds what is wrong in a model, looks at all of them, and knows every macro."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.linter.discovery import paths_from_path

from tests.support import REPOSITORY

# What a macro writes stands in a CTE, among columns, as an expression and as a type.
MODEL = """\
-- One row per customer of the shop who was seen in the window.
{{ config(materialized='incremental', enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__customers') }}
),

customers as (
    select * from accepted
    {% if is_incremental() %}
        where loaded_at >= {{ high_water_mark() }}
    {% endif %}
),

orders as (
    select * from {{ ref('orders') }}
),

sightings as (
    {{ records_of_sightings('orders', id='account_number') }}
)

select
    {{ not_supplied('party_records', ['gender']) }}
    {{ record_key('retail', 'customers.customer_id') }} as record_key,
    sightings.email,
    case when sightings.email is null then 0 else 1 end as email_count,
    {% for bound in var('value_tiers') %}
        {{ bound.min_spend }} as {{ bound.tier | lower }}_spend,
    {% endfor %}
    cast(customers.birth_date as {{ dbt.type_timestamp() }}) as born_at
from customers
inner join sightings
    on customers.customer_id = sightings.account_number
where {{ within_window('sightings.last_seen_at', var('rfm_window_days')) }}
"""

# The rule that finds it, a line of the model, and what stands there instead.
FAULTS = {
    "a line of 101 columns": ("LT05", "sightings.email,", "sightings.email as " + "x" * 77 + ","),
    "a line of 101 columns with a macro": (
        "LT05",
        "    sightings.email,",
        "    {{ record_key('retail', 'sightings.email') }} as " + "x" * 47 + ",",
    ),
    "a comment of 101 columns": ("LT05", "    sightings.email,", "    -- " + "x" * 94),
    "a column without as": ("AL02", " as email_count,", " email_count,"),
    "a macro's column without as": ("AL02", " as record_key,", " record_key,"),
    "a table without as": ("AL01", "from customers", "from customers customers_of_shop"),
    "an upper-case keyword": ("CP01", "inner join sightings", "INNER JOIN sightings"),
    "an upper-case function": ("CP03", "    cast(", "    CAST("),
    "an unused CTE": (
        "ST03",
        "with\n",
        "with\n\nstores as (\n    select * from {{ ref('stores') }}\n),\n",
    ),
    "an unused CTE of a macro": (
        "ST03",
        "with\n",
        "with\n\nstores as (\n    {{ accepted_rows('base_retail__stores') }}\n),\n",
    ),
    "a column of some table": ("RF02", "    sightings.email,", "    email,"),
    "a comma in front": ("LT04", "    sightings.email,\n", "    sightings.email\n    , "),
    "a wrong indent": ("LT02", "    sightings.email,", "      sightings.email,"),
    "a wrong indent of a macro": ("LT02", "    {{ record_key", "      {{ record_key"),
    "a fault in a loop": ("CP01", "}} as {{ bound", "}} AS {{ bound"),
    "a fault of increments": ("CP01", "where loaded_at", "WHERE loaded_at"),
    "no blanks in braces": ("JJ01", "{{ record_key", "{{record_key"),
    "no SQL": ("PRS", "    sightings.email,", "    (sightings.email,"),
    "a mistyped macro": ("TMP", "{{ record_key", "{{ recordkey"),
    "a word after a macro": ("PRS", "    {{ accepted_rows", "    form {{ accepted_rows"),
}

MACROS = """
{% macro spelled(name) %}{{ return(adapter.dispatch('spelled')(name)) }}{% endmacro %}
{% macro default__spelled(name) %}upper({{ name }}){% endmacro %}

{# select nothing #}
{% macro rows_of(relation, names=['a', 'b']) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    -- by name
    select {{ names | join(', ') }} from {{ relation }}
    inner join rates using (day)
    cross join unnest([1, 2]) as numbers
{%- endmacro %}

{% macro rows_of_rows(relation) %}
    select * from ({{ rows_of(relation) }}) as rows_of_them
{% endmacro %}

{% macro the_rows_of(relation) %}{{ rows_of(relation) }}{% endmacro %}

{% macro words() %}{{ return(['a', 'b']) }}{% endmacro %}
"""
MODEL_OF_MACROS = """\
with

rates as (
    select * from {{ ref('rates') }}
),

{% for word in words() %}
{{ word }} as (select 1 as one),
{% endfor %}

orders as (
    select * from {{ source('retail', 'orders') }}
),

some_rows as (
    {{ rows_of('orders') }}
),

other_rows as (
    {{ rows_of_rows('some_rows') }}
),

last_rows as (
    {{ the_rows_of(relation='other_rows') }}
)

select {{ spelled(name='first_name') }} as spelled_name
from last_rows
"""


def found(linter: Linter, sql: str) -> list[tuple[str, int]]:
    """The rules that a model breaks, and where."""
    violations = linter.lint_string(sql, fname="model.sql").get_violations()
    return [(violation.rule_code(), violation.line_no) for violation in violations]


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(config=FluffConfig.from_path(str(REPOSITORY)))


def test_a_model_in_order_passes(linter: Linter) -> None:
    assert found(linter, MODEL) == []


@pytest.mark.parametrize(("rule", "right", "wrong"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(linter: Linter, rule: str, right: str, wrong: str) -> None:
    before, after = MODEL.split(right)
    first = before.count("\n") + 1
    lines = range(first, first + wrong.count("\n") + 1)
    assert {(rule, line) for line in lines} & set(found(linter, before + wrong + after))


def test_a_mistyped_macro_of_dbt_is_found(linter: Linter) -> None:
    (violation,) = linter.lint_string("select {{ dbt.hsah('a') }} as a\n").get_violations()
    assert "no attribute 'hsah'" in violation.desc()


def test_a_fault_is_found_on_the_other_side_of_is_incremental(linter: Linter) -> None:
    before, after = MODEL.split("    {% endif %}\n")
    planted = before + "    {% else %}\n        WHERE true\n    {% endif %}\n" + after
    assert found(linter, planted) == [("CP01", before.count("\n") + 2)]


def test_a_fault_is_found_in_a_large_model(linter: Linter) -> None:
    sql = f"-- {'word ' * 18}\n" * 300 + "SELECT 1 as one\n"
    assert ("CP01", 301) in found(linter, sql)


def test_every_model_and_test_is_linted(linter: Linter) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (folders,) = re.findall(r"^SQL_FOLDERS := \$\(wildcard (.*)\)$", makefile, re.MULTILINE)
    linted = {
        Path(path).resolve()
        for folder in folders.split()
        if (REPOSITORY / folder).exists()
        for path in paths_from_path(str(REPOSITORY / folder))
    }
    written = {
        path
        for folder in ("models", "snapshots", "tests/dbt")
        for path in (REPOSITORY / folder).rglob("*.sql")
    }
    assert written and linted == written


@pytest.fixture
def new_project(tmp_path: Path) -> Path:
    """A project of one model and the macros it uses."""
    shutil.copytree(REPOSITORY / "lint", tmp_path / "lint")
    shutil.copy(REPOSITORY / ".sqlfluff", tmp_path)
    (tmp_path / "dbt_project.yml").write_text("vars: {}")
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "new.sql").write_text(MACROS)
    (tmp_path / "model.sql").write_text(MODEL_OF_MACROS)
    return tmp_path


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, for Python imports what .sqlfluff names once."""
    command = [sys.executable, "-m", "sqlfluff", "lint", "model.sql"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_new_macro_is_known(new_project: Path) -> None:
    done = lint(new_project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_model_that_cannot_be_linted_does_not_pass(new_project: Path) -> None:
    (new_project / "dbt_project.yml").unlink()
    done = lint(new_project)
    assert done.returncode == 1
    assert "dbt_project.yml" in done.stdout
