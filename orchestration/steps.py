"""The steps of a night: dbt says, in `meta` of a model or its folder, which of them builds it."""

from collections.abc import Mapping
from typing import Any

from orchestration.platform.exceptions import CannotRunError

# in this order, each before the gate of its name
STEPS = ("conformed", "marts")
BUILT = ("model", "seed", "snapshot")
_SHOWN = 10


def selection(step: str) -> str:
    """What dbt's --select takes for the models of a step."""
    return f"config.meta.step:{step}"


def check_steps(manifest: Mapping[str, Any]) -> None:
    """Raises CannotRunError where no step holds a model, or an earlier one than what it reads."""
    built = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in BUILT
    }
    forgotten = [node["name"] for node in built.values() if _step(node) not in STEPS]
    if forgotten:
        more = f" and {len(forgotten) - _SHOWN} more" if len(forgotten) > _SHOWN else ""
        raise CannotRunError(
            f"No step of a night builds {', '.join(forgotten[:_SHOWN])}{more}: say "
            f"`+meta: {{step: …}}` of the folder in dbt_project.yml, one of {', '.join(STEPS)}; "
            "where it does, run `dbt parse`."
        )
    for node in built.values():
        for parent in node["depends_on"].get("nodes", ()):
            if parent in built and STEPS.index(_step(built[parent])) > STEPS.index(_step(node)):
                raise CannotRunError(
                    f"{node['name']}, of the step {_step(node)}, reads {built[parent]['name']}, "
                    f"which is built later, in the step {_step(built[parent])}: change "
                    "`meta: {step: …}` of one of them, or what it reads."
                )


def _step(node: Mapping[str, Any]) -> str:
    return step_of(node["config"]["meta"])


def step_of(meta: Mapping[str, Any]) -> str:
    """The step that the meta of a model or seed names."""
    return str(meta.get("step"))


def in_micro_batches(node: Mapping[str, Any]) -> bool:
    """Whether micro-batches build a model or seed of dbt's manifest, too."""
    return bool(node["config"]["meta"].get("micro_batch"))
