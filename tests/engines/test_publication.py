"""A whole publication, and the way back, on the warehouses."""

from typing import Any

import pytest

from orchestration.load import Target
from orchestration.publish import publish
from tests.engines.conftest import Built
from tests.engines.engine import WAREHOUSES


def published(target: Target, mart: str) -> list[tuple[Any, ...]]:
    schema = target.operations.schema.replace("operations", "published")
    return sorted(target.query(f"select * from {schema}.{mart}"), key=str)


@pytest.mark.parametrize("name", WAREHOUSES)
def test_going_back_restores_what_was_published(built: dict[str, Built], name: str) -> None:
    with built[name].engine.target() as target:
        marts = target.operations.schema.replace("operations", "marts")
        first = publish(target, run_id="first night")
        before = {mart: published(target, mart) for mart in ("customers", "orders")}
        assert before["customers"]

        target.execute(f"delete from {marts}.orders where is_return")
        second = publish(target, run_id="second night")
        assert len(published(target, "orders")) < len(before["orders"])

        back = publish(target, run_id="third night", back=True)
        assert (first.publication_id, back.publication_id) != (second.publication_id,) * 2
        assert {mart: published(target, mart) for mart in before} == before
