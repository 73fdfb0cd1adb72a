"""The steps of a night: dbt says, in `meta` of a model or its folder, which of them builds it."""

from collections.abc import Mapping
from typing import Any

from orchestration.platform.exceptions import CannotRunError

# in this order, each before the gate of its name
STEPS = ("conformed", "marts")
_BUILT = ("model", "seed", "snapshot")


def selection(step: str) -> str:
    """What dbt's --select takes for the models of a step."""
    return f"config.meta.step:{step}"


def check_steps(manifest: Mapping[str, Any]) -> None:
    """Raises CannotRunError where a night would not build a model, since no step holds it."""
    forgotten = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in _BUILT and node["config"]["meta"].get("step") not in STEPS
    ]
    if forgotten:
        raise CannotRunError(
            f"No step of a night builds {', '.join(forgotten)}: say `+meta: {{step: …}}` of the "
            f"folder in dbt_project.yml, one of {', '.join(STEPS)}."
        )


def in_micro_batches(node: Mapping[str, Any]) -> bool:
    """Whether micro-batches build a model or seed of dbt's manifest, too."""
    return bool(node["config"]["meta"].get("micro_batch"))
