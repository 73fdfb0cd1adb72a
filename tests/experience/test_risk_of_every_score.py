"""The risk level of every combination of scores, against the bands as the business reads them."""

from pathlib import Path

import duckdb
import pytest

from tests.support import REPOSITORY, Warehouse

MODEL = "int_experience__risk"
LEVELS = ("Critical", "High", "Medium", "Low")
# by step: NPS 0-10, CSAT 1-5, effort 1-7; null where nobody asked
SCORES = """
create table scores as
with
nps as (select range / 10 as nps from range(0, 101) union all select null),
csat as (select 1 + range / {per_point} as csat from range(0, 4 * {per_point} + 1)
    union all select null),
effort as (select 1 + range / {per_point} as effort from range(0, 6 * {per_point} + 1)
    union all select null)
select
    row_number() over () as customer_id,
    nps::numeric(18, 4) as nps_score,
    csat::numeric(18, 4) as csat_score,
    effort::numeric(18, 4) as ces_effort
from nps, csat, effort
where coalesce(nps, csat, effort) is not null;
"""
# 1 Critical to 4 Low, as the bands are written: which is the worst of three
EXPECTED = """
least(
    case when nps_score <= 3 then 1 when nps_score <= 6 then 2 when nps_score <= 8 then 3
        else 4 end,
    case when csat_score <= 2 then 1 when csat_score <= 3 then 2 when csat_score <= 4 then 3
        else 4 end,
    case when ces_effort >= 6 then 1 when ces_effort >= 5 then 2 when ces_effort >= 3 then 3
        else 4 end
)
"""


@pytest.fixture(scope="module")
def risks(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The model's answer (level 1-4) for every combination of scores, in a table `risks`."""
    warehouse = Warehouse(tmp_path_factory.mktemp("risks"), Path())
    compiled = warehouse.dbt("compile", "--select", MODEL)
    assert compiled.success
    [sql] = [done.node.compiled_code for done in compiled.result if done.node.name == MODEL]
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as customer_360")
    connection.execute("create schema customer_360.measures; create schema customer_360.reference")
    connection.execute(SCORES.format(per_point=20))
    connection.execute(
        "create view customer_360.measures.int_experience__latest_answers as select *, null as"
        " nps_category, null as nps_at, null as csat_at, null as ces_at from memory.main.scores"
    )
    connection.execute(
        "create table customer_360.reference.risk_bands as"
        f" from read_csv('{REPOSITORY / 'seeds' / 'risk_bands.csv'}')"
    )
    levels = " ".join(f"when '{level}' then {place}" for place, level in enumerate(LEVELS, 1))
    connection.execute(
        f"create table risks as select *, case risk_level {levels} end as level from ({sql})"
    )
    return connection


def test_every_combination_of_scores_has_the_level_that_the_bands_say(
    risks: duckdb.DuckDBPyConnection,
) -> None:
    [(count,)] = risks.execute("select count(*) from risks").fetchall()
    assert count == 102 * 82 * 122 - 1
    wrong = f"select * from risks where level is distinct from {EXPECTED} limit 5"
    assert risks.execute(wrong).fetchall() == []
    assert risks.execute("select count(distinct level) from risks").fetchall() == [(4,)]


def test_a_worse_score_never_gives_a_better_level(risks: duckdb.DuckDBPyConnection) -> None:
    for score, better in (("nps_score", "asc"), ("csat_score", "asc"), ("ces_effort", "desc")):
        others = {"nps_score", "csat_score", "ces_effort"} - {score}
        steps = f"""
            select level, lead(level) over (
                partition by {", ".join(sorted(others))} order by {score} {better}
            ) as better_level
            from risks where {score} is not null
        """
        worse = f"select count(*) from ({steps}) where better_level < level"
        assert risks.execute(worse).fetchall() == [(0,)]
