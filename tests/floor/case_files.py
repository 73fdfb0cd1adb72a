"""The cases of the floor, and what their rows and their warehouse have in common."""

from pathlib import Path
from typing import Any

from tests.case_files import read_cases, variables_of

CASES = read_cases(Path(__file__).parent / "cases.yml")
# What rows say of themselves where a case does not say otherwise.
USUAL = {
    "retail.transactions": {"transaction_type": "PURCHASE", "transaction_status": "COMPLETED"},
    "retail.transaction_items": {"item_status": "SOLD"},
}


def _formats() -> dict[str, dict[str, str]]:
    """What the cases say of how days and numbers are written, by table."""
    formats: dict[str, dict[str, str]] = {}
    for case in CASES:
        for table in case["rows"] if "formats" in case else ():
            formats[table] = case["formats"]
    return formats


VARIABLES: dict[str, Any] = {
    **variables_of(CASES),
    "raw_formats": _formats(),
}
