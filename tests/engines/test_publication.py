"""A whole publication and the way back on Databricks; tests/publication has the other engines."""

import json
import os
import signal
import subprocess
import sys
from itertools import takewhile
from typing import Any

import pytest
import yaml
from dbt_common.exceptions import DbtBaseException

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target
from orchestration.publish import publish
from tests.engines.company import Company
from tests.engines.engine import REAL_WAREHOUSES, WAREHOUSES
from tests.publication.few import publish_few
from tests.support import REPOSITORY

pytestmark = [
    pytest.mark.databricks,
    pytest.mark.skipif("databricks" not in WAREHOUSES, reason="no Databricks account was named"),
]


def published(target: Target, mart: str) -> list[tuple[Any, ...]]:
    schema = target.operations.schema.replace("operations", "published")
    return sorted(target.query(f"select * from {schema}.{mart}"), key=str)


def descriptions(target: Target, mart: str) -> list[str]:
    """Of a published table and each of its columns."""
    schema = target.operations.schema.replace("operations", "published")
    rows = target.query(f"describe table extended {schema}.{mart}")
    columns = [row[2] or "" for row in takewhile(lambda row: row[1], rows)]
    return [*(row[1] for row in rows if row[0] == "Comment"), *columns]


def test_going_back_restores_what_was_published(built: Company) -> None:
    with built["databricks"].engine.target() as target:
        marts = target.operations.schema.replace("operations", "marts")
        first = publish(target, run_id="first night")
        before = {mart: published(target, mart) for mart in ("customers", "orders")}
        assert before["customers"]

        target.execute(f"delete from {marts}.orders where is_return")
        second = publish(target, run_id="second night")
        assert len(published(target, "orders")) < len(before["orders"])
        assert descriptions(target, "orders")[0].startswith("One row per order")
        assert all(descriptions(target, "orders")), "the view was altered since it was made"
        assert len(descriptions(target, "orders")) > 20

        back = publish(target, back=True)
        assert second.publication_id != back.publication_id == first.publication_id
        assert {mart: published(target, mart) for mart in before} == before


def test_raw_rows_are_shown_neither_anew_nor_again(built: Company) -> None:
    with built["databricks"].engine.target() as target:
        publish_few(target.manifest)
        old = publish(target).publication_id
        former = target.operations.schema.replace("operations", f"published_{old}")
        target.execute(f"create table {former}.rejected_records as select '{{}}' as raw_row")
        target.execute(
            f"update {former}.publications set row_counts = '{{\"rejected_records\": 1}}'"
        )
        target.adapter.execute_macro("turn_published", kwargs={"publication_id": old})
        assert published(target, "rejected_records")

        new = publish(target)
        with pytest.raises(DbtBaseException):
            published(target, "rejected_records")
        assert len(published(target, "customers")) == new.row_counts["customers"]
        with pytest.raises(CannotRunError, match=f"{old} holds raw rows, in rejected_records"):
            publish(target, back=True)


@pytest.mark.skipif(bool(REAL_WAREHOUSES), reason="the stand-in's own client reads and is killed")
def test_a_reader_on_databricks_meets_no_table_older_than_its_publication(
    built: Company,
) -> None:
    """The views of `published` are replaced one by one, `publications` last: so a publish that is
    killed before that shows new tables under the old publication, and the next one completes it."""
    engine = built["databricks"].engine
    nights = ["night 0", "night 1"]
    with engine.target() as target:
        publish_few(target.manifest)
        schema = target.operations.schema.replace("operations", "published")
        place = f"{target.operations.database}.{schema}"

        def change(night: str) -> None:
            marts = place.replace("published", "marts")
            target.execute(f"update {marts}.customers set full_name = '{night}'")
            target.execute(f"update {marts}.orders set order_status = '{night}'")

        change(nights[0])
        before = publish(target, run_id=nights[0])
        reader = start(built, "tests.publication.reader", "databricks", place)
        assert reader.stdout is not None
        seen = [reader.stdout.readline()]
        change(nights[1])

        moment = f"before,{schema}`.`publications` as select"
        options = ["--target", "databricks", "--vars", yaml.safe_dump(engine.dbt_vars)]
        killed = start(built, "tests.publication.killed", moment, *options)
        output, errors = killed.communicate()
        assert killed.returncode == -signal.SIGKILL, (output, errors)
        current = f"select publication_id from {place}.publications where is_current"
        assert target.query(current) == [(before.publication_id,)]

        after = publish(target, run_id=nights[1])
        assert target.query(current) == [(after.publication_id,)]
        schemas = target.adapter.list_schemas(target.operations.database)
        kept = [name for name in schemas if name.startswith(f"{schema}_")]
        assert sorted(kept) == [f"{schema}_{publication_id}" for publication_id in after.kept]
        output, errors = reader.communicate()
    assert reader.returncode == 0, errors
    readings = [json.loads(line) for line in [*seen, *output.splitlines()]]
    assert readings[0] == [nights[0]] * 3
    assert readings[-1] == [nights[-1]] * 3
    for customers, orders, publication in readings:
        assert {customers, orders} <= {*nights[nights.index(publication) :]}


def start(built: Company, module: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python module in a process of its own, which reaches the stand-in."""
    command = [sys.executable, "-m", "tests.engines.databricks_client", module, *arguments]
    return subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | built["databricks"].engine.variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
