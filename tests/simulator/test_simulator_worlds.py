"""Worlds: the same for the same seed, believable, alike in every format."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from simulator.plan import Parameters, World
from simulator.scene import Scene
from simulator.systems.purchases import purchases
from simulator.tables import TABLES
from simulator.writer import raw_path
from tests.simulator.folders import WORLD, Worlds, contents, run
from tests.simulator.judge import Judged


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(
    worlds: Worlds, tmp_path: Path
) -> None:
    assert run(*WORLD, "--out", str(tmp_path / "raw")) == 0
    assert contents(tmp_path) == contents(worlds.first)
    other = [*WORLD[:-3], "6", *WORLD[-2:]]
    assert run(*other, "--out", str(tmp_path / "raw")) == 0
    first = contents(worlds.first / "raw")
    differing = [name for name, body in contents(tmp_path / "raw").items() if body != first[name]]
    assert len(differing) == len(TABLES)


@pytest.mark.parametrize("extension", ["csv", "json"])
def test_every_format_holds_the_same_rows(tmp_path: Path, extension: str) -> None:
    small = ["--people", "200", "--days", "20", "--seed", "3", "--end", "2026-03-31"]
    assert run(*small, "--out", str(tmp_path / "parquet" / "raw")) == 0
    assert run(*small, "--format", extension, "--out", str(tmp_path / extension / "raw")) == 0
    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            parquet = raw_path(tmp_path / "parquet" / "raw", name, 1, "parquet")
            other = raw_path(tmp_path / extension / "raw", name, 1, extension)
            assert not raw_path(tmp_path / extension / "raw", name, 1, "parquet").exists()
            columns = {column: "varchar" for column in (*table.columns, "_loaded_at")}
            reader = (
                f"read_csv('{other}', all_varchar = true, header = true, max_line_size = 10000000)"
                if extension == "csv"
                else f"read_json('{other}', format = 'newline_delimited', columns = {columns})"
            )
            texts = ", ".join(
                f"nullif(cast({column} as varchar), '') as {column}" for column in columns
            )
            ours, theirs = (
                connection.execute(f"select {texts} from {what}").fetchall()
                for what in (f"read_parquet('{parquet}')", reader)
            )
            assert ours == theirs, name


def test_buying_is_heavy_tailed_and_seasonal() -> None:
    parameters = Parameters(20_000, 365, 1, date(2026, 3, 31))
    world = World(parameters)
    batch = world.batches[0]
    bought = purchases(Scene.of(world, batch, next(world.chunks(batch))))
    with duckdb.connect() as connection:
        top, median, most = connection.execute(
            "with customers as (select who, count(*) as orders, sum(total) as spent from "
            "(select unnest($1) as who, unnest($2) as total) where who >= 0 group by 1) "
            "select (select sum(spent) from (select spent from customers order by spent desc limit "
            "(select count(*) // 10 from customers))) / sum(spent), median(orders), max(orders) "
            "from customers",
            [bought.who.tolist(), bought.total.tolist()],
        ).fetchone() or (0, 0, 0)
    assert 0.35 < top < 0.75
    assert median <= 3
    assert most >= 15


def test_a_world_may_have_more_appends_than_the_stack_is_deep() -> None:
    world = World(Parameters(50, 10, 1, date(2020, 12, 31)), (1,) * 1_200)
    batch = world.batches[-1]
    scene = Scene.of(world, batch, next(world.chunks(batch)))
    assert len(purchases(scene).who) < 50


def test_bad_service_lowers_the_scores(judged: Judged) -> None:
    slow, quick = judged.rows(
        "select avg(satisfaction) from support.tickets "
        "where is_winner and satisfaction is not null and resolved_at is not null "
        "group by resolved_at - created_at > interval 40 hour order by 1"
    )
    assert slow[0] < quick[0]


def test_people_are_in_one_or_in_several_systems(judged: Judged) -> None:
    systems = [
        row[0]
        for row in judged.rows(
            "select count(distinct split_part(record_key, ':', 1)) from truth.records "
            "where person_id is not null group by person_id"
        )
    ]
    assert 0.15 < sum(count == 1 for count in systems) / len(systems) < 0.55
    assert max(systems) >= 6


def test_households_share_and_move(judged: Judged) -> None:
    sizes = judged.rows(
        "select count(distinct person_id) from truth.records "
        "where person_id is not null group by household_id"
    )
    assert max(sizes)[0] >= 3
    assert judged.rows(
        "select count(*) from truth.records "
        "where record_key like 'web:cookie:%' and person_id is null"
    )[0][0]
