"""A contract of a raw table that says what nothing reads is refused before anything runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support import REPOSITORY, Warehouse, copy_project, failures_of

CONTRACTS = sorted((REPOSITORY / "models" / "staging").glob("*/_*__base.yml"))
CONTRACT = Path("models/staging/retail/_retail__base.yml")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the project, with a shop that has no files."""
    folder = tmp_path_factory.mktemp("contracts")
    variables = {"sources": ["retail"]}
    return Warehouse(folder, folder / "raw", variables, copy_project(folder / "project"))


@pytest.fixture
def contract(shop: Warehouse) -> Iterator[Path]:
    """The contracts of the shop's tables, which are put back."""
    path = shop.project / CONTRACT
    before = path.read_text(encoding="utf-8")
    yield path
    path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "required: true",
            "requird: true",
            "base_retail__customers.customer_id: unknown 'requird'. Did you mean 'required'?",
        ),
        (
            "accepted_values: [BRONZE",
            "acceptd_values: [BRONZE",
            "base_retail__customers.loyalty_tier: unknown 'acceptd_values'."
            " Did you mean 'accepted_values'?",
        ),
        (
            "loaded: whole",
            "loaded: whol",
            "base_retail__customers: loaded: unknown 'whol'. Did you mean 'whole'?",
        ),
        (
            "if_invalid: reject",
            "if_invalid: rejct",
            "transaction_date: if_invalid: unknown 'rejct'. Did you mean 'reject'?",
        ),
        (
            "sign: magnitude",
            "sign: magnitud",
            "sign: unknown 'magnitud'. Did you mean 'magnitude'?",
        ),
        ("format: email", "format: emial", "format: unknown 'emial'. Did you mean 'email'?"),
        (
            "phone_country: country_code",
            "phone_country: county_code",
            "phone_number: phone_country: unknown 'county_code'. Did you mean 'country_code'?",
        ),
        (
            "row_key: [customer_id]",
            "row_keys: [customer_id]",
            "base_retail__customers: unknown 'row_keys'. Did you mean 'row_key'?",
        ),
        ("row_key: [customer_id]", "then_by: []", "base_retail__customers has no row_key"),
        ("because:", "becuase:", "reject_when: unknown 'becuase'. Did you mean 'because'?"),
        ("data_type: date\n", "data_type: dat\n", "data_type: unknown 'dat'. Did you mean 'date'?"),
        ("data_type: date\n", "data_typ: date\n", "date_of_birth: data_type: unknown 'none'."),
        (
            "customer_id\n        data_type: string",
            "customer_id\n        data_type: bigint",
            "base_retail__customers.customer_id is a key column of type bigint",
        ),
        (
            "- name: loyalty_points\n",
            "- name: judgement\n",
            "base_retail__customers.judgement: the judgement of a row has a column of that name",
        ),
    ],
)
def test_a_mistyped_contract_is_refused(
    shop: Warehouse, contract: Path, right: str, wrong: str, message: str
) -> None:
    text = contract.read_text(encoding="utf-8")
    assert right in text
    contract.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    result = shop.dbt("seed")
    assert not result.success
    assert result.result is None, "the run went on"
    assert message in str(result.exception)


def test_what_a_folder_says_of_all_its_models_is_no_mistake(
    shop: Warehouse, contract: Path
) -> None:
    text = contract.read_text(encoding="utf-8")
    key = "row_key: [customer_id]"
    contract.write_text(text.replace(key, f"{key}\n        owner: shop", 1), encoding="utf-8")
    result = shop.dbt("seed", "--select", "rfm_segments")
    assert result.success, failures_of(result)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_a_telephone_names_the_country_that_its_row_names(path: Path) -> None:
    for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
        countries = [each["name"] for each in model["columns"] if "country" in each["name"]]
        for column in model["columns"]:
            if "phone" in column["name"] and countries:
                assert column["config"]["meta"]["phone_country"] in countries, column["name"]
