"""The rules of the layers, read from dbt's manifest with every source enabled."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.platform.exceptions import CannotRunError
from orchestration.steps import STEPS, check_steps, selection
from tests.support import REGISTRY, REPOSITORY, Warehouse, copy_project, failures_of

Node = dict[str, Any]

# What a model of a layer may read: whole layers, and single models of others.
NO_CUSTOMER = {"int_products", "int_stores", "int_campaigns", "int_exchange_rates"}
MAY_READ = {
    "staging": {"seed"},  # and what is of its own system
    "operations": {"staging", "operations"},
    "conformed": {"seed", "staging", "conformed"},
    "identity": {"seed", "conformed", "identity"},
    "customer_facts": {"conformed", "identity", "customer_facts"},
    "measures": {"seed", "customer_facts", "identity", "measures", *NO_CUSTOMER},
    "marts": {"seed", "customer_facts", "measures", "identity", "marts", *NO_CUSTOMER},
    "activation": {"seed", "customer_facts", "measures", "marts", "activation"},
    "privacy": {"seed", "customer_facts", "measures", "marts", "privacy"},
}
# Which customer a record belongs to is looked up in one place.
MAY_READ_THE_MAP = {"identity", "customer_facts"}
# Areas of marts that hold evidence of who is who: for those who look after identity, not for BI.
NOT_PUBLISHED = {"identity"}
# What people query by another name than the rule's.
QUERIED_BY_NAME = {"int_clv_parameters", "int_alert_days", "int_customer_day"}
NAMES = {
    "staging": r"(base|stg|map)_{folder}__\w+",
    "conformed": r"int_(?!.*__)\w+",
    "identity": r"int_identity__\w+",
    "customer_facts": r"int_customer_facts__\w+",
    "measures": r"int_{folder}__\w+",
}
ENTITY = r"(?!int_|stg_|base_|map_)[a-z]\w+"
SCHEMAS = {
    "reference", "staging", "operations", "conformed", "identity", "customer_facts", "measures",
    "marts",
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("layering")
    return parse(Warehouse(folder, folder / "raw", {"sources": list(REGISTRY)}))


def parse(warehouse: Warehouse) -> dict[str, Any]:
    result = warehouse.dbt("parse", "--write-json")
    assert result.success, failures_of(result)
    manifest: dict[str, Any] = json.loads(
        (warehouse.folder / "target" / "manifest.json").read_text()
    )
    return manifest


def nodes_of(manifest: dict[str, Any], resource_type: str) -> Iterator[Node]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == resource_type:
            yield node


def models(manifest: dict[str, Any]) -> Iterator[Node]:
    return nodes_of(manifest, "model")


def raw_tables(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["sources"].values() if node["source_name"] != "operations"]


def layer_of(node: Node) -> str:
    """The first folder of a model's path; seed, source or test for all else."""
    return str(node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"])


def may_read(model: Node, parent: Node) -> bool:
    layer, name = layer_of(model), parent["name"]
    if name == "int_identity__map":
        return layer in MAY_READ_THE_MAP
    if layer == "conformed" and layer_of(parent) == "staging":
        return bool(name.startswith("map_"))
    if layer == "staging" and layer_of(parent) in ("source", "staging"):
        system = model["fqn"][2]  # but what counts the rows of all is of none
        return system not in REGISTRY or system == parent.get("source_name", parent["fqn"][2])
    return bool({layer_of(parent), name} & MAY_READ[layer])


def wrong_readings(manifest: dict[str, Any]) -> set[tuple[str, str]]:
    """Which model reads which node that it may not."""
    everything = manifest["nodes"] | manifest["sources"]
    return {
        (model["name"], everything[parent]["name"])
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if not may_read(model, everything[parent])
    }


def test_a_model_reads_only_what_its_layer_may(manifest: dict[str, Any]) -> None:
    assert wrong_readings(manifest) == set()
    assert {layer_of(model) for model in models(manifest)} <= set(MAY_READ)
    entities = {model["name"]: model for model in models(manifest)}
    for name in NO_CUSTOMER:
        assert not {"record_key", "customer_id"} & set(entities[name]["columns"]), name


def test_conformed_facts_have_their_customer_in_one_place(manifest: dict[str, Any]) -> None:
    """Each entity with a record_key is a customer fact, but those that identity is made of."""
    entities = {
        model["name"].removeprefix("int_")
        for model in models(manifest)
        if layer_of(model) == "conformed" and "record_key" in model["columns"]
    } - {"party_records", "party_identifiers"}
    facts = {
        model["name"].removeprefix("int_customer_facts__")
        for model in models(manifest)
        if layer_of(model) == "customer_facts"
    }
    assert facts == entities | {"order_items"}
    assert len(facts) > 10


# A model of each layer that reads what it may not.
PLANTED = {
    "staging/retail/stg_retail__planted": "int_stores",
    "staging/retail/stg_retail__planted_of_another": "stg_support__tickets",
    "operations/planted_operations": "int_orders",
    "conformed/commerce/int_planted": "int_identity__golden_records",
    "conformed/commerce/int_planted_of_staging": "stg_retail__stores",
    "identity/links/int_identity__planted": "stg_retail__stores",
    "customer_facts/int_customer_facts__planted": "customers",
    "measures/value/int_value__planted": "int_orders",
    "measures/value/int_value__planted_map": "int_identity__map",
    "marts/core/planted_mart": "int_orders",
    "marts/core/planted_map": "int_identity__map",
    "marts/core/planted_of_staging": "stg_retail__stores",
    "activation/planted_activation": "int_identity__golden_records",
    "privacy/planted_privacy": "int_privacy_requests",
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest of a project with models that read what they may not."""
    folder = tmp_path_factory.mktemp("planted")
    project = copy_project(folder / "project")
    for place, parent in PLANTED.items():
        path = project / "models" / f"{place}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"select 1 as planted from {{{{ ref('{parent}') }}}}")
    return parse(Warehouse(folder, folder / "raw", {}, project))


def test_a_model_that_reads_what_it_may_not_is_found(planted: dict[str, Any]) -> None:
    assert wrong_readings(planted) == {
        (place.rsplit("/", 1)[1], parent) for place, parent in PLANTED.items()
    }


def test_a_new_model_is_in_the_step_of_its_layer(planted: dict[str, Any]) -> None:
    steps = {model["name"]: model["config"]["meta"].get("step") for model in models(planted)}
    for place in PLANTED:
        layer, name = place.split("/", 1)[0], place.rsplit("/", 1)[1]
        before_the_gate = ("staging", "operations", "conformed", "identity")
        after_the_gate = ("customer_facts", "measures", "marts")
        expected = (
            "conformed"
            if layer in before_the_gate
            else "marts"
            if layer in after_the_gate
            else None
        )
        assert steps[name] == expected, place


def test_a_model_that_no_step_holds_is_refused(planted: dict[str, Any]) -> None:
    with pytest.raises(CannotRunError, match="No step of a night builds") as refused:
        check_steps(planted)
    assert {"planted_activation", "planted_privacy"} <= set(re.findall(r"\w+", str(refused.value)))
    assert "int_planted" not in str(refused.value)


def test_a_model_that_reads_what_a_later_step_builds_is_refused(manifest: dict[str, Any]) -> None:
    check_steps(manifest)
    changed = copy.deepcopy(manifest)
    changed["nodes"]["model.customer_360.customer_rfm"]["config"]["meta"]["step"] = "conformed"
    refused = "customer_rfm, of the step conformed, reads int_value__rfm, which is built"
    with pytest.raises(CannotRunError, match=refused):
        check_steps(changed)


def test_the_selectors_of_steps_are_what_nights_select() -> None:
    selectors = yaml.safe_load((REPOSITORY / "selectors.yml").read_text())["selectors"]
    definitions = {selector["name"]: selector["definition"] for selector in selectors}
    chosen = [definitions[name] for name in ("up_to_customers", "from_customers")]
    assert [f"{part['method']}:{part['value']}" for part in chosen] == [*map(selection, STEPS)]


def test_a_mart_and_what_it_is_made_of_are_tested_with_nothing_else(
    manifest: dict[str, Any], tmp_path: Path
) -> None:
    """Where nothing else was built, a test that reads another table as well cannot run."""
    warehouse = Warehouse(tmp_path, tmp_path / "raw")
    chosen = warehouse.dbt("ls", "--select", "+customer_rfm", "--output", "json").result
    selected = {json.loads(line)["unique_id"] for line in chosen}
    tests = [node for node in nodes_of(manifest, "test") if node["unique_id"] in selected]
    assert len(tests) > 50
    needed = {parent for test in tests for parent in test["depends_on"]["nodes"]}
    assert needed <= selected | manifest["sources"].keys()


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
        # a fact is the row of its entity, with what a table has once for each record
        r"|int_customer_facts__\w+"
    )
    assert not [
        model["name"]
        for model in models(manifest)
        if model["unique_id"] not in keyed and not keyless.fullmatch(model["name"])
    ]


def test_marts_and_nothing_else_are_public_and_published(manifest: dict[str, Any]) -> None:
    public = {model["name"] for model in models(manifest) if model["access"] == "public"}
    published = {
        model["name"] for model in models(manifest) if model["config"]["meta"].get("published")
    }
    assert public == published
    assert published == {
        model["name"]
        for model in models(manifest)
        if layer_of(model) == "marts" and model["fqn"][2] not in NOT_PUBLISHED
    }
    assert {"customers", "customer_rfm", "customer_360"} < published


def test_no_published_model_has_a_column_of_raw_rows(manifest: dict[str, Any]) -> None:
    raw = {model["name"]: model for model in models(manifest) if "raw_row" in model["columns"]}
    assert {"rejected_records", "repaired_records"} <= set(raw)
    assert not [name for name, model in raw.items() if model["config"]["meta"].get("published")]


def test_every_mart_has_a_contract_and_described_columns(manifest: dict[str, Any]) -> None:
    for model in models(manifest):
        if layer_of(model) not in ("marts", "operations"):
            continue
        assert model["config"]["contract"]["enforced"], model["name"]
        undescribed = [
            column["name"] for column in model["columns"].values() if not column["description"]
        ]
        assert not undescribed, model["name"]


def test_conformed_entities_have_contracts(manifest: dict[str, Any]) -> None:
    conformed = [model for model in models(manifest) if layer_of(model) == "conformed"]
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
        else:
            pattern = NAMES.get(layer, ENTITY).format(folder="".join(folders[:1]))
            named = re.fullmatch(pattern, model["name"])
            assert named or model["name"] in QUERIED_BY_NAME, model["name"]
        prefix = {"base": "base", "mappings": "map"}.get(model["fqn"][-2])
        if prefix:
            assert model["name"].startswith(f"{prefix}_"), model["name"]


def test_schemas_are_the_documented_ones(manifest: dict[str, Any]) -> None:
    schemas = {node["schema"] for kind in ("model", "seed") for node in nodes_of(manifest, kind)}
    assert schemas == SCHEMAS
    ours = [node for node in manifest["sources"].values() if node["source_name"] == "operations"]
    assert {node["schema"] for node in ours} == {"operations"}


def test_a_backfill_makes_aside_what_its_day_is_made_of(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, tmp_path / "raw", {"backfill": True})
    by_name = {model["name"]: model for model in models(parse(warehouse))}
    aside = {name for name, model in by_name.items() if model["schema"].endswith("_backfill")}
    listed = warehouse.dbt("ls", "--selector", "backfill", "--resource-type", "model").result
    selected = {str(line).rpartition(".")[2] for line in listed}
    written = {"int_alert_days", "customer_metrics_daily"}
    assert selected - aside == written
    kept = {"int_value__purchase_fits", "int_value__spend_fits"}
    assert {by_name[name]["schema"] for name in kept} == {"measures"}
    assert {model["schema"].removesuffix("_backfill") for model in by_name.values()} <= SCHEMAS
    read = {
        parent.rpartition(".")[2]
        for name in selected
        for parent in by_name[name]["depends_on"]["nodes"]
    }
    assert read & (aside | written) == selected - {"customer_metrics_daily"}
    assert kept <= read


def test_no_model_asks_which_engine_it_runs_on() -> None:
    asking = re.compile(r"target\s*\.\s*(type|name)|adapter\s*\.\s*type")
    assert not [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "models").rglob("*.sql")
        if asking.search(path.read_text())
    ]


def test_the_registry_names_what_the_folders_hold(manifest: dict[str, Any]) -> None:
    assert set(REGISTRY) == {
        path.name for path in (REPOSITORY / "models" / "staging").iterdir() if path.is_dir()
    }
    tables = {(node["source_name"], node["name"]) for node in raw_tables(manifest)}
    assert tables == {(name, table) for name, s in REGISTRY.items() for table in s["tables"]}
    mappings = {model["name"] for model in models(manifest) if model["name"].startswith("map_")}
    assert mappings == {
        f"map_{name}__{entity}" for name, s in REGISTRY.items() for entity in s["supplies"]
    }


def test_every_source_table_has_a_freshness_rule(manifest: dict[str, Any]) -> None:
    for source in raw_tables(manifest):
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


def test_a_fact_tags_what_its_entity_tags(manifest: dict[str, Any]) -> None:
    def tagged(name: str) -> set[str]:
        columns = manifest["nodes"][f"model.customer_360.{name}"]["columns"].values()
        return {column["name"] for column in columns if column["config"]["meta"].get("pii")}

    facts = [model["name"] for model in models(manifest) if layer_of(model) == "customer_facts"]
    untagged = {
        fact: tagged(fact.replace("_customer_facts__", "_")) - tagged(fact) for fact in facts
    }
    assert not {fact: columns for fact, columns in untagged.items() if columns}
    assert "search_query" in tagged("int_customer_facts__events")


def test_nothing_in_the_repository_names_a_machine() -> None:
    for path in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]:
        assert not re.search(r"(?<![\w.-])/(work|root|home)/", path.read_text()), Path(path).name
