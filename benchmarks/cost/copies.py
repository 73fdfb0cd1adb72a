"""A project of several times the models: copies of what dbt made of this one.

Each copy has every model as compiled SQL, with its materialisation, contract and data tests, in a
schema of its own; all read the same seeds. What the project's own Jinja costs is in the nodes of
this project, not in these.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
_NOT_CONFIGURED = ("schema", "docs", "contract", "post-hook")


def write_copies(folder: Path, manifest: Mapping[str, Any], compiled: Path, times: int) -> None:
    """Writes a project of so many copies. compiled: dbt's folder of what it compiled, all anew."""
    nodes = manifest["nodes"]
    models, tests, seeds = (
        [node for node in nodes.values() if node["resource_type"] == resource_type]
        for resource_type in ("model", "test", "seed")
    )
    for directory in ("macros", "seeds"):
        shutil.copytree(REPOSITORY / directory, folder / directory)
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8"))
    kept = ("name", "profile", "flags", "vars", "seeds", "require-dbt-version")
    _write(
        folder / "dbt_project.yml",
        {name: project[name] for name in kept} | {"test-paths": ["tests"]},
    )
    for number in range(1, times + 1):
        prefix = f"copy_{number}_"
        refs = {model["name"]: f"ref('{prefix}{model['name']}')" for model in models}
        refs |= {seed["name"]: f"ref('{seed['name']}')" for seed in seeds}
        relations = {node["relation_name"]: refs[node["name"]] for node in [*models, *seeds]}
        described = []
        for model in models:
            read = [nodes[name] for name in model["depends_on"]["nodes"] if name in nodes]
            comments = [f"-- depends_on: {{{{ {refs[node['name']]} }}}}\n" for node in read]
            place = folder / "models" / prefix / f"{prefix}{model['name']}.sql"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(
                "".join(comments) + _of_copy(compiled / model["path"], relations), encoding="utf-8"
            )
            described.append(_described(model, tests, prefix, refs))
        _write(folder / "models" / prefix / "_models.yml", {"models": described})
        for test in tests:
            if not test.get("test_metadata"):
                place = folder / "tests" / f"{prefix}{test['name']}.sql"
                place.parent.mkdir(exist_ok=True)
                severity = f"{{{{ config(severity='{test['config']['severity']}') }}}}\n"
                sql = _of_copy(compiled.parent / test["original_file_path"], relations)
                place.write_text(severity + sql, encoding="utf-8")


def _of_copy(path: Path, refs: Mapping[str, str]) -> str:
    sql = path.read_text(encoding="utf-8")
    for relation, ref in refs.items():
        sql = sql.replace(relation, f"{{{{ {ref} }}}}")
    return sql


def _described(
    model: Mapping[str, Any], tests: list[Mapping[str, Any]], prefix: str, refs: Mapping[str, str]
) -> dict[str, Any]:
    config = {
        name: value
        for name, value in model["config"].items()
        if value and name not in _NOT_CONFIGURED
    }
    if config["materialized"] == "incremental" and "unique_key" not in config:
        config["materialized"] = "table"  # what it was built from holds all rows, to be added again
    if entities := config["meta"].get("entities"):
        config["meta"] = config["meta"] | {"entities": prefix + entities}
    columns = [
        {
            "name": column["name"],
            "data_type": column["data_type"],
            "constraints": [{"type": part["type"]} for part in column["constraints"]],
        }
        for column in model["columns"].values()
    ]
    found = []
    for test in tests:
        if not test.get("test_metadata") or test["attached_node"] != model["unique_id"]:
            continue
        arguments = {
            name: value
            for name, value in test["test_metadata"]["kwargs"].items()
            if name != "model"
        }
        if "to" in arguments:
            arguments["to"] = refs[arguments["to"].split("'")[1]]
        found.append({test["test_metadata"]["name"]: {"arguments": arguments}})
    return {
        "name": prefix + model["name"],
        "config": config
        | {
            "schema": prefix.rstrip("_"),
            "contract": {"enforced": model["config"]["contract"]["enforced"]},
        },
        "columns": columns,
        "data_tests": found,
    }


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")  # JSON is YAML
