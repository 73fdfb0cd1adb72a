"""The materialisation connected_components, run by dbt on DuckDB and compared with a union-find."""

import itertools
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MACROS = [Path(__file__).parents[2] / "macros" / name for name in ("materializations", "engine")]
EDGE_SCHEMA = pa.schema([("node_a", pa.int64()), ("node_b", pa.int64())])
HIGHEST_ALLOWED_NODE = 999

RELATIONS = """
    select 'table' as kind, table_name from duckdb_tables()
    union all
    select 'view', view_name from duckdb_views() where not internal
"""

Edges = Iterable[tuple[int | None, int | None]]

# Each model's configuration and what it adds to node_b.
MODELS = {
    "components": ("max_rounds=60", ""),
    "components_in_one_round": ("max_rounds=1", ""),
    "components_checked": ("contract={'enforced': true}", ""),
    "components_with_wrong_contract": ("contract={'enforced': true}", ""),
    "components_read_once": (
        "pre_hook='create or replace sequence reads', post_hook='create table hook_ran (id int)'",
        " + 0 * nextval('reads')",
    ),
}

CONTRACTS = {
    "models": [
        {
            "name": "components_checked",
            "constraints": [{"type": "check", "expression": f"node_id <= {HIGHEST_ALLOWED_NODE}"}],
            "columns": [
                {
                    "name": "node_id",
                    "data_type": "bigint",
                    "constraints": [{"type": "primary_key"}],
                },
                {
                    "name": "component_id",
                    "data_type": "bigint",
                    "constraints": [{"type": "not_null"}],
                },
            ],
        },
        {
            "name": "components_with_wrong_contract",
            "columns": [
                {"name": "node_id", "data_type": "bigint"},
                {"name": "component_id", "data_type": "varchar"},
            ],
        },
    ]
}


@dataclass(frozen=True)
class GraphProject:
    """A dbt project whose models all read one file of edges."""

    folder: Path
    manifest: Manifest

    def write_edges(self, edges: Edges) -> None:
        ends = list(edges)
        table = pa.table(
            {"node_a": [a for a, _ in ends], "node_b": [b for _, b in ends]}, schema=EDGE_SCHEMA
        )
        pq.write_table(table, self.folder / "edges.parquet")

    def run(self, model: str) -> dbtRunnerResult:
        arguments = ["--quiet", "run", "--select", model, *project_arguments(self.folder)]
        return dbtRunner(manifest=self.manifest).invoke(arguments)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.folder / "graph.duckdb") as connection:
            return connection.sql(sql).fetchall()

    def components(self, edges: Edges, model: str = "components") -> dict[int, int]:
        """Node to component, as the materialisation finds them."""
        self.write_edges(edges)
        succeed(self.run(model))
        return self.labels(model)

    def labels(self, model: str = "components") -> dict[int, int]:
        rows = self.query(f"select node_id, component_id from {model}")
        labels = dict(rows)
        assert len(labels) == len(rows), "a node has more than one row"
        return labels

    def other_relations(self, *expected: str) -> list[str]:
        """Every table and view of the file but the expected ones."""
        return sorted(name for _, name in self.query(RELATIONS) if name not in expected)


def project_arguments(folder: Path) -> list[str]:
    return ["--project-dir", str(folder), "--profiles-dir", str(folder)]


def make_project(
    folder: Path, macros: Iterable[Path], *, disable_transactions: bool = False
) -> GraphProject:
    (folder / "models").mkdir(parents=True)
    write_json(
        folder / "dbt_project.yml",
        {
            "name": "graphs",
            "version": "1.0",
            "profile": "graphs",
            "macro-paths": [str(path) for path in macros],
            "models": {"+materialized": "connected_components"},
            "flags": {"send_anonymous_usage_stats": False},
        },
    )
    output = {
        "type": "duckdb",
        "path": str(folder / "graph.duckdb"),
        "threads": 1,
        "disable_transactions": disable_transactions,
    }
    write_json(folder / "profiles.yml", {"graphs": {"target": "test", "outputs": {"test": output}}})
    write_json(folder / "models" / "_models.yml", CONTRACTS)
    for name, (configuration, suffix) in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(
            f"{{{{ config({configuration}) }}}}\n"
            f"select node_a, node_b{suffix} as node_b\n"
            f"from read_parquet('{folder / 'edges.parquet'}')  -- the last line may be a comment\n"
        )
    parsed = dbtRunner().invoke(["--quiet", "parse", *project_arguments(folder)])
    succeed(parsed)
    assert isinstance(parsed.result, Manifest)
    return GraphProject(folder, parsed.result)


def write_json(path: Path, content: object) -> None:
    """JSON is YAML, so dbt reads it."""
    path.write_text(json.dumps(content, indent=2))


def succeed(result: dbtRunnerResult) -> None:
    assert result.success, result.exception or [node.message for node in result.result]


def failure(result: dbtRunnerResult) -> str:
    assert not result.success
    return " ".join(result.result[0].message.split())


def union_find(edges: Edges) -> dict[int, int]:
    """Node to the lowest node of its component."""
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for node_a, node_b in edges:
        low, high = sorted((root(node_a), root(node_b)))
        parents[high] = low
    return {node: root(node) for node in parents}


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> GraphProject:
    return make_project(tmp_path_factory.mktemp("graphs") / "project", MACROS)


@pytest.fixture
def project(shared_project: GraphProject) -> GraphProject:
    """The shared project with an empty database."""
    with duckdb.connect(shared_project.folder / "graph.duckdb") as connection:
        for kind, name in connection.sql(RELATIONS).fetchall():
            connection.execute(f"drop {kind} {name}")
    return shared_project


@pytest.fixture(scope="module")
def plain_engine_project(tmp_path_factory: pytest.TempPathFactory) -> GraphProject:
    """DuckDB as an engine without temporary tables and transactions: what Databricks does."""
    folder = tmp_path_factory.mktemp("plain_engine")
    macros = folder / "macros"
    for path in MACROS:
        shutil.copytree(path, macros / path.name)
    scratch = macros / "materializations" / "scratch_tables.sql"
    scratch.write_text(scratch.read_text().replace("duckdb__scratch", "other__scratch"))
    return make_project(folder / "project", [macros], disable_transactions=True)


NODES = st.integers(0, 29)
GRAPHS = st.lists(st.lists(st.tuples(NODES, NODES), max_size=40), max_size=40)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(graphs=GRAPHS, shuffle=st.randoms(use_true_random=False))
def test_random_graphs_equal_union_find(
    project: GraphProject, graphs: list[list[tuple[int, int]]], shuffle: random.Random
) -> None:
    edges = [(a + 100 * i, b + 100 * i) for i, graph in enumerate(graphs) for a, b in graph]
    shuffle.shuffle(edges)
    assert project.components(edges) == union_find(edges)


@pytest.mark.parametrize("is_shuffled", [False, True], ids=["sorted", "shuffled"])
def test_long_chain_is_one_component(project: GraphProject, is_shuffled: bool) -> None:
    nodes = list(range(100_000))
    if is_shuffled:
        random.Random(1).shuffle(nodes)
    labels = project.components(itertools.pairwise(nodes))
    assert labels == dict.fromkeys(range(100_000), 0)


@pytest.mark.parametrize("hub", [0, 1_000_000], ids=["lowest", "highest"])
def test_star_of_a_million_is_one_component(project: GraphProject, hub: int) -> None:
    project.components((hub, leaf) for leaf in range(1_000_001) if leaf != hub)
    summary = project.query("select count(*), min(component_id), max(component_id) from components")
    assert summary == [(1_000_001, 0, 0)]


def test_giant_component_among_small_ones(project: GraphProject) -> None:
    generator = random.Random(2)
    edges = [(generator.randrange(200_000), generator.randrange(200_000)) for _ in range(300_000)]
    labels = project.components(edges)
    assert labels == union_find(edges)
    [(giant, size)] = Counter(labels.values()).most_common(1)
    assert (giant, size > len(labels) / 2) == (min(labels), True)


def test_no_edges_give_an_empty_typed_table(project: GraphProject) -> None:
    assert project.components([]) == {}
    types = project.query(
        "select column_name, data_type from duckdb_columns() where table_name = 'components' "
        "order by column_index"
    )
    assert types == [("node_id", "BIGINT"), ("component_id", "BIGINT")]


def test_self_edge_makes_a_component_of_its_own(project: GraphProject) -> None:
    edges = [(7, 7), (7, 7), (-3, -3)]
    assert project.components(edges) == {7: 7, -3: -3}


def test_self_edge_changes_nothing_where_there_are_others(project: GraphProject) -> None:
    edges = [(1, 1), (2, 2), (3, 3), (1, 2), (3, 4), (2, 4), (9, 8), (8, 8)]
    assert project.components(edges) == {1: 1, 2: 1, 3: 1, 4: 1, 8: 8, 9: 8}


def test_duplicates_and_both_directions_change_nothing(project: GraphProject) -> None:
    edges = [(5, 2), (2, 5), (5, 2), (5, 9), (9, 5), (4, 6), (6, 4)]
    assert project.components(edges) == {2: 2, 5: 2, 9: 2, 4: 4, 6: 4}


def test_null_node_is_an_error(project: GraphProject) -> None:
    for edge in [(None, 1), (1, None), (None, None)]:
        project.write_edges([(1, 2), edge])
        assert "1 edges of" in failure(project.run("components"))
        assert project.other_relations() == []


def test_too_few_rounds_are_a_clear_error(project: GraphProject) -> None:
    """One round joins 4 to 2 and 3 to 1, and leaves the edge between 2 and 1."""
    project.write_edges([(4, 2), (4, 3), (3, 1)])
    message = failure(project.run("components_in_one_round"))
    assert "has not converged" in message
    assert "max_rounds = 1" in message
    assert project.other_relations() == []


def test_second_run_gives_the_same_table(project: GraphProject) -> None:
    edges = [(a, a * 7 % 1000) for a in range(1000)]
    first = project.components(edges)
    assert project.components(reversed(edges)) == first == union_find(edges)
    assert project.other_relations("components") == []


def test_rebuild_replaces_the_old_table(project: GraphProject) -> None:
    assert project.components([(1, 2), (3, 4)]) == {1: 1, 2: 1, 3: 3, 4: 3}
    assert project.components([(2, 3)]) == {2: 2, 3: 2}
    assert project.other_relations("components") == []


def test_table_replaces_a_view_of_the_same_name(project: GraphProject) -> None:
    with duckdb.connect(project.folder / "graph.duckdb") as connection:
        connection.execute("create view components as select 1 as node_id")
    assert project.components([(1, 2)]) == {1: 1, 2: 1}
    assert project.other_relations("components") == []


def test_failed_run_keeps_the_old_table_and_leaves_no_scratch(project: GraphProject) -> None:
    before = project.components([(1, 2), (2, 3)], "components_checked")
    project.write_edges([(1, 2), (HIGHEST_ALLOWED_NODE + 1, 1)])
    assert "CHECK constraint" in failure(project.run("components_checked"))
    assert project.labels("components_checked") == before
    assert project.other_relations("components_checked") == []


def test_next_run_drops_what_a_dead_run_left(plain_engine_project: GraphProject) -> None:
    """The dead run had more rounds than the next, whose own scratch tables are others."""
    project = plain_engine_project
    chain = [(node, node * 7919 % 1009) for node in range(1009)]
    project.write_edges([*chain, (HIGHEST_ALLOWED_NODE + 1, 1)])
    assert "CHECK constraint" in failure(project.run("components_checked"))
    assert len(project.other_relations()) > 1

    assert project.components([(1, 2)], "components_checked") == {1: 1, 2: 1}
    assert project.other_relations("components_checked") == []


def test_too_few_rounds_leave_no_scratch_without_transactions(
    plain_engine_project: GraphProject,
) -> None:
    project = plain_engine_project
    before = project.other_relations()
    project.write_edges([(4, 2), (4, 3), (3, 1)])
    assert "has not converged" in failure(project.run("components_in_one_round"))
    assert project.other_relations() == before


def test_contract_is_enforced(project: GraphProject) -> None:
    assert project.components([(1, 2)], "components_checked") == {1: 1, 2: 1}
    nullable = project.query(
        "select column_name, is_nullable from duckdb_columns() "
        "where table_name = 'components_checked' order by column_index"
    )
    assert nullable == [("node_id", False), ("component_id", False)]
    assert project.components([(1, 2), (2, 3)], "components_checked") == {1: 1, 2: 1, 3: 1}


def test_wrong_contract_is_an_error(project: GraphProject) -> None:
    project.write_edges([(1, 2)])
    assert "component_id" in failure(project.run("components_with_wrong_contract"))
    assert project.other_relations() == []


def test_query_is_read_once_and_hooks_run(project: GraphProject) -> None:
    assert project.components([(1, 2)], "components_read_once") == {1: 1, 2: 1}
    assert project.query("select nextval('reads')") == [(2,)]
    assert project.other_relations("components_read_once") == ["hook_ran"]
