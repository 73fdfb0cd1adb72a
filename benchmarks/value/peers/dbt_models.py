"""The dbt models, run by dbt. Arguments: part, project, warehouse."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.peak_memory import peak_memory_mb
from benchmarks.value.project import build
from benchmarks.value.purchases import END

DBT_VARS = {"as_of_date": END.isoformat(), "refit": True}
MODELS = {
    "fit": ("int_value__purchase_fits",),
    "scores": ("int_value__expected_orders", "int_value__predictions"),
    "rfm": ("int_value__rfm", "customer_rfm"),
}


def main(part: str, project: str, warehouse: str) -> dict[str, object]:
    """Build the models of a part; the seconds are dbt's execution times of them."""
    cost = build(Path(project), Path(warehouse), DBT_VARS, MODELS[part])
    return {
        "seconds": cost.seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_memory_mb": peak_memory_mb(),
        "versions": [f"dbt {version('dbt-core')}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
