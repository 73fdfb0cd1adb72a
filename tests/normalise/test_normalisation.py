"""Every normalising macro on a corpus of hostile values, run by the engine it is compiled for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import Warehouse, failures_of

CORPUS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "corpus.yml").read_text()
)
WORDS = ["null", "n/a", "-1", "guest", "test", "#n/a", "#ref!", "o'brien's"]
PLACEHOLDERS = {"words": WORDS, "surnames": ["null", "test"], "dates": ["1900-01-01"]}
LOADED_AT = "\"cast('2026-02-01 02:00:00' as timestamp)\""
CALLS = {
    "normalise_phone": "normalise_phone('input', dialling_country('country'))",
    "to_decimal": "to_decimal('input', 'numeric(18,4)')",
    "meant_text_of_party_id": f"meant_text('input', 'party_id', {PLACEHOLDERS})",
    "meant_text_of_id": f"meant_text('input', 'id', {PLACEHOLDERS})",
    "meant_text_of_name": f"meant_text('input', 'name', {PLACEHOLDERS})",
    "birth_date": f"birth_date('input', {LOADED_AT}, {PLACEHOLDERS})",
    "with_iso_day": "with_iso_day('input', '%d.%m.%Y')",
    "with_decimal_point": "with_decimal_point('input', ',')",
}
CASES = [(macro, number) for macro, cases in CORPUS.items() for number in range(len(cases))]


def input_of(case: dict[str, Any]) -> str | None:
    value = case["in"]
    if isinstance(value, dict):
        return value["repeat"] * value["times"] + value.get("then", "")
    return value


def literal(value: str | None) -> str:
    if value is None:
        return "cast(null as {{ dbt.type_string() }})"
    return "'" + value.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str | None]:
    """(macro, number of the case) -> what the engine made of it, all in one query."""
    queries = []
    for macro, cases in CORPUS.items():
        call = CALLS.get(macro, f"{macro}('input')")
        values = " union all ".join(
            f"select {number} as number, {literal(input_of(case))} as input,"
            f" {literal(case.get('country'))} as country"
            for number, case in enumerate(cases)
        )
        queries.append(
            f"select '{macro}' as macro, number,"
            f" cast({{{{ {call} }}}} as {{{{ dbt.type_string() }}}}) as output"
            f" from ({values}) as cases"
        )
    folder = tmp_path_factory.mktemp("normalisation")
    settings = {"default_country": "gb"}
    warehouse = Warehouse(folder, folder / "raw", settings)
    result = warehouse.dbt("show", "--inline", "\nunion all\n".join(queries), "--limit", "-1")
    assert result.success, failures_of(result)
    rows = result.result.results[0].agate_table.rows
    return {(row[0], int(row[1])): row[2] for row in rows}


@pytest.mark.parametrize(("macro", "number"), CASES)
def test_normalises(macro: str, number: int, outputs: dict[tuple[str, int], str | None]) -> None:
    case = CORPUS[macro][number]
    assert outputs[macro, number] == case["out"], case.get("why", "")
