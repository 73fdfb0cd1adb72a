"""What the tests share: a warehouse of their own, built by dbt in this process."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from orchestration.platform.environment import environment
from tests.readings import REPOSITORY, locked

SHARED = Path(os.environ.get("CUSTOMER_360_SHARED", REPOSITORY.parent / "shared"))
WORLD_END = "2026-06-30"
REGISTRY = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())["vars"]["source_systems"]
# The systems that are simulated; who has one of his own has it in the registry, too.
SYSTEMS = [
    "salesforce", "servicenow", "cx_survey", "oracle_brm", "retail", "web", "marketing", "support",
    "external", "customer_io", "privacy",
]  # fmt: skip
# What tests say of the company, whatever company dbt_project.yml speaks of.
SETTINGS = {
    "sources": SYSTEMS,
    "absent_tables": [],
    "raw_schemas": {},
    "raw_tables": {},
    "reporting_currency": "GBP",
    "default_country": "GB",
}


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB warehouse in a folder of its own, and the raw files it is built from.

    variables: dbt's vars, on top of SETTINGS.
    """

    folder: Path
    raw_dir: Path
    variables: dict[str, Any] = field(default_factory=dict)
    project: Path = REPOSITORY

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", SETTINGS | self.variables)

    @property
    def database(self) -> Path:
        return self.folder / "customer_360.duckdb"

    @property
    def truth_dir(self) -> Path:
        return self.raw_dir.parent / "truth"

    def dbt(self, *arguments: str, **variables: Any) -> dbtRunnerResult:
        """Run a dbt command; variables come on top of the warehouse's own.

        It writes manifest.json and run_results.json, half a second, only with --write-json.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "profiles.yml.example", self.folder / "profiles.yml")
        command = ["--quiet", *arguments, "--project-dir", str(self.project)]
        command += ["--profiles-dir", str(self.folder), "--log-path", str(self.folder / "logs")]
        command += ["--target-path", str(self.folder / "target")]
        command += ["--vars", yaml.safe_dump(self.variables | variables)]
        with environment(
            CUSTOMER_360_DUCKDB=str(self.database),
            CUSTOMER_360_RAW_DIR=str(self.raw_dir),
            DBT_WRITE_JSON="false",
        ):
            try:
                return dbtRunner().invoke(command)
            finally:
                # dbt keeps the file open for its next command; others could not read it.
                DuckDBConnectionManager.close_all_connections()

    def build(
        self, *arguments: str, tests: bool = True, unit_tests: bool = False, **variables: Any
    ) -> dbtRunnerResult:
        """`dbt build`, which must succeed; unit tests only where it is they that are run."""
        left_out = ["test"] * (not tests) + ["unit_test"] * (not unit_tests)
        if left_out:
            arguments += ("--exclude-resource-type", *left_out)
        result = self.dbt("build", *arguments, **variables)
        assert result.success, failures_of(result)
        return result

    def copied(self, folder: Path, raw_dir: Path | None = None, **variables: Any) -> "Warehouse":
        """The same warehouse in another folder, which may have other raw files and variables."""
        copy = Warehouse(folder, raw_dir or self.raw_dir, self.variables | variables, self.project)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.database, copy.database)
        return copy

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        [[value]] = self.query(sql)
        return value


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder that is made by the first process of pytest's which asks for it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def copy_project(folder: Path) -> Path:
    """A copy of the dbt project, to change."""
    for part in ("models", "macros", "seeds", "tests/dbt"):
        shutil.copytree(REPOSITORY / part, folder / part)
    shutil.copy(REPOSITORY / "dbt_project.yml", folder)
    return folder


# The columns that say when a run was.
TIMES_OF_RUNS = {
    "identity.int_identity__anchors": ("gone_at",),
    "marts.customer_aliases": ("replaced_at",),
    "marts.identity_events": ("event_id", "happened_at"),
    "marts.identity_map_history": ("period_id", "valid_from", "valid_to"),
    "marts.identity_quality": ("run_at",),
}


def tables_that_differ(
    one: Warehouse, other: Warehouse, *, least: int, of_other_runs: bool = False
) -> list[str]:
    """The tables, of which there are no less than `least`, whose rows are not the same.

    of_other_runs: both were built for themselves, so that they may say other times of runs.

    The history of runs tells when they ran, and that of quality on which days, so they may differ.
    """
    names = (
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_type = 'BASE TABLE' and table_name not in"
        " ('run_history', 'data_quality_history', 'identity_quality') order by 1"
    )
    tables = one.query(names)
    assert tables == other.query(names)
    assert len(tables) >= least
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one.database}' as one (read_only)")
        connection.execute(f"attach '{other.database}' as other (read_only)")
        differing = []
        for (table,) in tables:
            times = TIMES_OF_RUNS.get(table, ()) if of_other_runs else ()
            said = ", ".join(f"{time} is null as {time}" for time in times)
            columns = f"* replace ({said})" if said else "*"
            ours, theirs = (f"select {columns} from {name}.{table}" for name in ("one", "other"))
            if connection.execute(
                f"({ours} except all {theirs}) union all ({theirs} except all {ours})"
            ).fetchall():
                differing.append(table)
        return differing


LARGE_AMOUNT = "9999999999.99"
# of what becomes no floating number, which has no cents left at that size
LARGEST_AMOUNT = "9999999999999.99"


def load_awkward_rows(raw_dir: Path) -> None:
    """Let rows come as spreadsheets write them: large amounts, a number sign before an order's
    number, and the word for an error where a customer's number should be."""
    amounts = f"'{LARGE_AMOUNT}' as total_amount, '0' as tax_amount, '0' as shipping_amount"
    changed = {
        "retail.customers": ("'#N/A' as customer_id", "true"),
        "retail.transactions": (
            f"'#1001' as transaction_id, {amounts}",
            "transaction_type = 'PURCHASE' and transaction_status = 'COMPLETED'"
            " and currency_code = 'EUR' and length(trim(customer_id)) > 3",
        ),
        "retail.transaction_items": (
            "'#1' as item_id, '#1001' as transaction_id, '999999.5' as quantity,"
            " '9999999.99' as unit_price, '0' as discount_amount",
            "item_status = 'SOLD' and length(trim(product_id)) > 3",
        ),
        "oracle_brm.billing_transaction": (
            f"'#1' as transaction_id, '{LARGE_AMOUNT}' as amount, 'EUR' as currency",
            "transaction_type = 'invoice' and length(trim(customer_id)) > 3",
        ),
        "oracle_brm.subscription": (
            f"'#1' as subscription_id, '{LARGEST_AMOUNT}' as mrr, 'EUR' as currency",
            "status = 'Active' and end_date is null and length(trim(customer_id)) > 3",
        ),
        "salesforce.opportunity": (
            f"'#1' as id, '{LARGEST_AMOUNT}' as amount, 'EUR' as currency",
            "is_won = 'true'",
        ),
    }
    for table, (values, condition) in changed.items():
        place = raw_dir / table.replace(".", "/")
        duckdb.execute(
            f"copy (select * replace ({values}) from read_parquet('{place}*.parquet')"
            f" where {condition} order by all limit 1) to '{place}.9003.parquet'"
        )
        [[count]] = duckdb.execute(f"select count(*) from '{place}.9003.parquet'").fetchall()
        assert count == 1, f"no row of {table} has {condition}"


def load_a_row_without_its_fault(raw_dir: Path) -> str:
    """Let a ticket whose score was no score come again, with none; return its row key."""
    tickets = f"'{raw_dir}/support/tickets*.parquet'"
    [[row_key]] = duckdb.execute(
        "select min(row_key) from read_parquet(?) where table_name = 'tickets'"
        " and is_repaired and reason_code = 'invalid_satisfaction'",
        [str(raw_dir.parent / "truth" / "bad_rows.parquet")],
    ).fetchall()
    duckdb.execute(
        f"""
        copy (
            select * replace (
                null as satisfaction,
                (select max(_loaded_at) + interval 1 hour from read_parquet({tickets}))
                    as _loaded_at
            )
            from read_parquet({tickets})
            where ticket_id = '{row_key}'
            limit 1
        ) to '{raw_dir}/support/tickets.9001.parquet'
        """
    )
    return str(row_key)


def load_what_rows_wait_for(raw_dir: Path) -> set[str]:
    """Let the delivery that rejected metrics belong to come; return the keys of the metrics."""
    rows = duckdb.execute(
        f"""
        select row_key, delivery_id
        from read_parquet('{raw_dir.parent}/truth/bad_rows.parquet') as bad_rows
        inner join read_parquet('{raw_dir}/customer_io/metrics*.parquet') as metrics
            on bad_rows.row_key = metrics.event_id
        where bad_rows.reason_code = 'unknown_delivery'
        """
    ).fetchall()
    awaited = min(delivery for _, delivery in rows)
    duckdb.execute(
        f"""
        copy (
            select * replace ('{awaited}' as delivery_id)
            from read_parquet('{raw_dir}/customer_io/deliveries*.parquet')
            order by _loaded_at desc
            limit 1
        ) to '{raw_dir}/customer_io/deliveries.9001.parquet'
        """
    )
    return {row_key for row_key, delivery in rows if delivery == awaited}


def failures_of(result: dbtRunnerResult) -> str:
    """What went wrong in a dbt command, for the message of an assertion."""
    if result.exception is not None:
        return str(result.exception)
    failed = ("error", "fail", "runtime error")
    return "\n".join(
        f"{node.node.name}: {node.message}" for node in result.result if node.status in failed
    )
