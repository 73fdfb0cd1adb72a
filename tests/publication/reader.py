"""Reads what BI sees again and again, until its standard input closes; prints all it saw.

python -m tests.publication.reader <target> <schema, or the file on DuckDB>
One line a reading, as JSON: the night that the customers, the orders and the publication are of.
"""

import functools
import json
import os
import select
import sys
from collections.abc import Callable
from typing import Any

import duckdb

QUERY = """
    select
        (select max(full_name) from {0}.customers) as customers,
        (select max(order_status) from {0}.orders) as orders,
        (select max(run_id) from {0}.publications where is_current) as publication
"""


def reader(target: str, place: str) -> Callable[[], Any]:
    """What reads once."""
    if target == "duckdb":
        return lambda: read_file(place)
    if target == "databricks":
        return lambda: read_views(place)
    import snowflake.connector  # noqa: PLC0415  (only who needs it pays)

    cursor = snowflake.connector.connect(**json.loads(os.environ["READER_SETTINGS"])).cursor()

    def read() -> Any:
        cursor.execute(QUERY.format(place))
        return cursor.fetchone()

    return read


def read_views(schema: str) -> Any:
    """Asks for the publication first: what is read after it is of that one, or of the next."""
    publication, customers, orders = [
        databricks_cursor().execute(f"select max({column}) from {schema}.{table}").fetchone()[0]
        for column, table in (
            ("case when is_current then run_id end", "publications"),
            ("full_name", "customers"),
            ("order_status", "orders"),
        )
    ]
    return customers, orders, publication


@functools.cache
def databricks_cursor() -> Any:
    import databricks.sql  # noqa: PLC0415  (only who needs it pays)

    return databricks.sql.connect(
        server_hostname=os.environ["DATABRICKS_HOST"],
        http_path=os.environ["DATABRICKS_HTTP_PATH"],
        access_token=os.environ["DBT_ENV_SECRET_DATABRICKS_TOKEN"],
    ).cursor()


def read_file(path: str) -> Any:
    """Opens the file anew, as BI does for each question."""
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(QUERY.format("published")).fetchone()


def main(target: str, place: str) -> None:
    read = reader(target, place)
    is_last = False
    while not is_last:
        # asked first, so that the last reading begins after all that was published
        is_last = bool(select.select([sys.stdin], [], [], 0)[0])
        print(json.dumps(list(read())), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
