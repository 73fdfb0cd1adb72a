"""The rules of the layers, read from dbt's manifest with every source enabled."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import REPOSITORY, Warehouse, failures_of

Node = dict[str, Any]

# What a model of a layer may read.
MAY_READ = {
    "staging": {"source", "seed", "staging"},
    "intermediate": {"seed", "staging", "intermediate"},
    "marts": {"seed", "intermediate", "marts"},
}
NAMES = {
    "staging": r"(base|stg|map)_{source}__\w+",
    "intermediate": r"int_{area}__\w+",
    "marts": r"[a-z]\w+",
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("layering")
    warehouse = Warehouse(folder, folder / "raw")
    result = warehouse.dbt("parse")
    assert result.success, failures_of(result)
    return json.loads((folder / "target" / "manifest.json").read_text())


def nodes_of(manifest: dict[str, Any], resource_type: str) -> Iterator[Node]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == resource_type:
            yield node


def models(manifest: dict[str, Any]) -> Iterator[Node]:
    return nodes_of(manifest, "model")


def layer_of(node: Node) -> str:
    """The first folder of a model's path; seed, source or test for all else."""
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"]


def test_models_read_only_their_own_layer_and_the_one_on_its_left(
    manifest: dict[str, Any],
) -> None:
    everything = manifest["nodes"] | manifest["sources"]
    wrong = [
        f"{model['name']} reads {parent}"
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if layer_of(everything[parent]) not in MAY_READ[layer_of(model)]
    ]
    assert not wrong


def test_conformed_models_read_of_staging_only_the_mappings(manifest: dict[str, Any]) -> None:
    wrong = [
        f"{model['name']} reads {parent}"
        for model in models(manifest)
        if "conformed" in model["fqn"]
        for parent in model["depends_on"]["nodes"]
        if re.search(r"[.](base|stg)_", parent)
    ]
    assert not wrong


def test_every_model_and_seed_is_described(manifest: dict[str, Any]) -> None:
    nodes = [*models(manifest), *nodes_of(manifest, "seed")]
    assert not [node["name"] for node in nodes if not node["description"].strip()]
    grains = [node for node in models(manifest) if not node["description"].startswith("One row")]
    assert not [node["name"] for node in grains], "a description starts with the grain"


def test_every_model_has_a_tested_key(manifest: dict[str, Any]) -> None:
    keyed = {
        test["attached_node"]
        for test in nodes_of(manifest, "test")
        if (test.get("test_metadata") or {}).get("name") in ("unique", "unique_combination")
    }
    # The judged rows are all rows as received, and a row that was refused need have no key. What a
    # mapping supplies is tested where it comes together, but identifiers, which are grouped there.
    keyless = re.compile(
        r"base_\w+|map_(?!\w+__party_identifiers)\w+"
        r"|int_data_quality__(rejected|repaired)_rows"
    )
    assert not [
        model["name"]
        for model in models(manifest)
        if model["unique_id"] not in keyed and not keyless.fullmatch(model["name"])
    ]


def test_models_are_public_where_they_are_published(manifest: dict[str, Any]) -> None:
    public = {model["name"] for model in models(manifest) if model["access"] == "public"}
    published = {
        model["name"] for model in models(manifest) if model["config"]["meta"].get("published")
    }
    assert public == published
    assert published <= {model["name"] for model in models(manifest) if layer_of(model) == "marts"}
    assert {"customers", "customer_rfm", "customer_360", "data_quality_metrics"} < published


def test_no_published_model_has_a_column_of_raw_rows(manifest: dict[str, Any]) -> None:
    raw = {model["name"]: model for model in models(manifest) if "raw_row" in model["columns"]}
    assert {"rejected_records", "repaired_records"} <= set(raw)
    assert not [name for name, model in raw.items() if model["config"]["meta"].get("published")]


def test_every_mart_has_a_contract_and_described_columns(manifest: dict[str, Any]) -> None:
    for model in models(manifest):
        if layer_of(model) != "marts":
            continue
        assert model["config"]["contract"]["enforced"], model["name"]
        undescribed = [
            column["name"] for column in model["columns"].values() if not column["description"]
        ]
        assert not undescribed, model["name"]


def test_conformed_entities_have_contracts(manifest: dict[str, Any]) -> None:
    conformed = [model for model in models(manifest) if "conformed" in model["fqn"]]
    assert len(conformed) > 20
    assert not [m["name"] for m in conformed if not m["config"]["contract"]["enforced"]]


def test_a_contract_keeps_nulls_out_and_no_test_asks_again(manifest: dict[str, Any]) -> None:
    contracted = {
        model["unique_id"]: model
        for model in models(manifest)
        if model["config"]["contract"]["enforced"]
    }
    for model in contracted.values():
        assert model["config"]["materialized"] in ("table", "incremental"), model["name"]
    for test in nodes_of(manifest, "test"):
        if test.get("attached_node") not in contracted:
            continue
        name, column = (test.get("test_metadata") or {}).get("name"), test["column_name"]
        assert name != "not_null", test["name"]
        if name == "unique":
            kept = contracted[test["attached_node"]]["columns"][column]["constraints"]
            assert "not_null" in [constraint["type"] for constraint in kept], test["name"]


def test_names_match_folders(manifest: dict[str, Any]) -> None:
    for model in models(manifest):
        layer, folders = layer_of(model), model["fqn"][2:-1]
        if layer == "staging" and not folders:
            assert model["name"].startswith("stg_raw_"), model["name"]
        elif layer == "intermediate" and folders == ["conformed"]:
            assert re.fullmatch(r"int_(?!.*__)\w+", model["name"]), model["name"]
        else:
            pattern = NAMES[layer].format(source=folders[0], area=folders[0])
            assert re.fullmatch(pattern, model["name"]), model["name"]
        prefix = {"base": "base", "mappings": "map"}.get(model["fqn"][-2])
        if prefix:
            assert model["name"].startswith(f"{prefix}_"), model["name"]


def test_schemas_are_the_documented_ones(manifest: dict[str, Any]) -> None:
    schemas = {node["schema"] for kind in ("model", "seed") for node in nodes_of(manifest, kind)}
    assert schemas <= {
        *("reference", "staging", "conformed", "identity", "intermediate", "marts", "operations")
    }


def test_no_model_asks_which_engine_it_runs_on() -> None:
    asking = re.compile(r"target\s*\.\s*(type|name)|adapter\s*\.\s*type")
    assert not [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "models").rglob("*.sql")
        if asking.search(path.read_text())
    ]


def test_the_registry_names_what_the_folders_hold(manifest: dict[str, Any]) -> None:
    import yaml  # noqa: PLC0415

    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    registry = project["vars"]["source_systems"]
    assert set(registry) == {
        path.name for path in (REPOSITORY / "models" / "staging").iterdir() if path.is_dir()
    }
    tables = {(node["source_name"], node["name"]) for node in manifest["sources"].values()}
    assert tables == {(name, table) for name, s in registry.items() for table in s["tables"]}
    mappings = {model["name"] for model in models(manifest) if model["name"].startswith("map_")}
    assert mappings == {
        f"map_{name}__{entity}" for name, s in registry.items() for entity in s["supplies"]
    }
    assert project["vars"]["sources"] == list(registry)


def test_every_source_table_has_a_freshness_rule(manifest: dict[str, Any]) -> None:
    for source in manifest["sources"].values():
        assert source["freshness"]["error_after"]["count"], source["name"]
        assert source["loaded_at_field"], source["name"]


PERSONAL = re.compile(
    r"^(first_name|last_name|full_name|birth_date|gender|email|phone|address_line_1|city|"
    r"postal_code|identifier_value|raw_row|comment|record_key|source_record_id|name_key|login_id|"
    r"search_query|page_url|subject)$"
)


def test_personal_columns_are_tagged(manifest: dict[str, Any]) -> None:
    untagged = [
        f"{model['name']}.{column['name']}"
        for model in models(manifest)
        if layer_of(model) != "staging"
        for column in model["columns"].values()
        # The city of a shop or of a visitor's network is nobody's home.
        if PERSONAL.match(column["name"])
        and model["name"] not in ("int_stores", "int_events")
        and not column["config"]["meta"].get("pii")
    ]
    assert not untagged


def test_nothing_in_the_repository_names_a_machine() -> None:
    for path in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]:
        assert not re.search(r"(?<![\w.-])/(work|root|home)/", path.read_text()), Path(path).name


def test_every_var_of_the_project_and_no_other_is_taken_from_the_command_line() -> None:
    import yaml  # noqa: PLC0415

    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    macro = (REPOSITORY / "macros" / "check_var_names.sql").read_text()
    assert re.findall(r"'(\w+)'[,\s]", macro) == sorted(project["vars"])
