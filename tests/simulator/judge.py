"""Judges raw rows by the YAML contracts, independently of the dbt macros, with DuckDB."""

from pathlib import Path
from typing import Any

import duckdb
import yaml

ROOT = Path(__file__).parents[2]
SPACE = "e' \\t\\n\\r' || chr(160) || chr(8203) || chr(65279)"
EMAIL = r"^[a-z0-9_%+''-]+(\.[a-z0-9_%+''-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
MOMENT = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?$"
WITH_CALLING_CODE = r"^\D*(\+|00)"
CALLING_CODES_KNOWN = (
    "'gb', 'uk', 'united kingdom', 'us', 'usa', 'united states', 'de', 'germany', "
    "'deutschland', 'fr', 'france'"
)
"""Of the countries that a simulated company has."""
LOOKUPS = {
    "stg_retail__transactions": (
        "retail.transactions",
        "transaction_id",
        "source_transaction_id",
    ),
    "stg_customer_io__deliveries": (
        "customer_io.deliveries",
        "delivery_id",
        "source_delivery_id",
    ),
}
"""Staging models that rules name: their raw table, and its key under both names."""


def contracts() -> dict[str, dict[str, Any]]:
    """The contract of every raw table: keys of its meta, and its columns."""
    found = {}
    for path in sorted((ROOT / "models" / "staging").glob("*/_*__base.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            source, table = model["name"].removeprefix("base_").split("__", 1)
            columns = {
                column["name"]: {
                    "data_type": column["data_type"],
                    **column.get("config", {}).get("meta", {}),
                }
                for column in model["columns"]
            }
            found[f"{source}.{table}"] = {**model["config"]["meta"], "columns": columns}
    return found


def email(text: str) -> str:
    """SQL: the normalised mailbox, null where it is none."""
    bare = f"lower(replace(trim({text}, {SPACE}), '＠', '@'))"
    return f"case when regexp_matches({bare}, '{EMAIL}') and length({bare}) <= 254 then {bare} end"


def _typed(column: str, contract: dict[str, Any]) -> str:
    kind = contract["data_type"]
    text = f'"{column}__text"'
    if contract.get("format") == "email":
        return email(text)
    if country := contract.get("phone_country"):
        return (
            f"case when regexp_matches({text}, '{WITH_CALLING_CODE}') or "
            f'coalesce(lower("{country}__text") in ({CALLING_CODES_KNOWN}), true) then {text} end'
        )
    if kind in ("timestamp", "date"):
        # the first day of 1900 is a birth date that was not told
        low = "1900-01-02" if contract.get("kind") == "birth_date" else "1900"
        value = (
            f"case when regexp_matches({text}, '{MOMENT}') and {text} between '{low}' and '2199-~'"
            f" then try_cast(try_cast({text} as timestamptz) at time zone 'UTC' as {kind}) end"
        )
    elif kind == "boolean":
        low = f"lower({text})"
        value = (
            f"case when {low} in ('true', 't', 'yes', 'y', '1') then true"
            f" when {low} in ('false', 'f', 'no', 'n', '0') then false end"
        )
    elif kind == "bigint":
        whole = r"^-?\d+(\.0+)?$"
        value = f"case when regexp_matches({text}, '{whole}') then try_cast({text} as bigint) end"
    elif kind.startswith("numeric"):
        number = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
        value = f"case when regexp_matches({text}, '{number}') then try_cast({text} as {kind}) end"
    elif contract.get("accepted_values"):
        whens = " ".join(
            f"when lower('{word}') then '{word}'" for word in contract["accepted_values"]
        )
        return f"case lower({text}) {whens} end"
    else:
        return text
    if contract.get("sign") == "magnitude":
        value = f"abs({value})"
    limits = []
    for side, sign in (("min", ">="), ("max", "<=")):
        if side in contract:
            limits.append(f"v {sign} cast('{contract[side]}' as {kind})")
    if not limits:
        return value
    return f"(select case when {' and '.join(limits)} then v end from (select {value} as v))"


class Judged:
    """A world in an in-memory database.

    `<source>.<table>` has a row a raw row with typed columns, `row_key`, `reason_code`, `repaired`
    (list of columns), `is_winner`; `truth.<file>` is what the simulator says about it.
    """

    def __init__(self, world: Path) -> None:
        self.db = duckdb.connect()
        self.db.execute("set timezone = 'UTC'")
        seed = ROOT / "seeds" / "exchange_rates.csv"
        self.db.execute(f"create table exchange_rates as select * from read_csv('{seed}')")
        self.contracts = contracts()
        order = sorted(self.contracts,
        key=lambda name: name in ("retail.transaction_items", "customer_io.metrics"))  # fmt: skip
        for table in order:
            self._judge(world / "raw", table)
        self.db.execute("create schema truth")
        for name in ("records", "bad_rows", "duplicate_rows", "identifiers", "patterns"):
            path = world / "truth" / f"{name}.parquet"
            self.db.execute(f"create view truth.{name} as select * from '{path}'")

    def _judge(self, raw: Path, table: str) -> None:
        contract = self.contracts[table]
        columns = contract["columns"]
        source, name = table.split(".")
        texts = ", ".join(
            f'nullif(trim(cast("{column}" as varchar), {SPACE}), \'\') as "{column}__text"'
            for column in columns
        )
        typed = ", ".join(
            f'{_typed(column, rules)} as "{column}"' for column, rules in columns.items()
        )
        whens, repaired = [], []
        for column, rules in columns.items():
            if rules.get("required"):
                whens.append(f"when \"{column}__text\" is null then 'missing_{column}'")
            wrong = f'"{column}__text" is not null and "{column}" is null'
            if rules.get("if_invalid") == "reject":
                whens.append(f"when {wrong} then 'invalid_{column}'")
            else:
                repaired.append(f"case when {wrong} then '{column}' end")
        for rule in contract.get("reject_when", []):
            whens.append(f"when {rule['when']} then '{rule['reason']}'")
        key = " || '|' || ".join(f'"{column}"' for column in contract["row_key"])
        latest = ", ".join(
            f'"{column}" desc nulls last'
            for column in [*contract.get("latest_by", []), "loaded_at"]
        )
        self.db.execute(f"create schema if not exists {source}")
        self.db.execute(f"""
            create table {table} as
            with texts as (
                select {texts}, cast(_loaded_at as timestamp) as loaded_at
                from read_parquet('{raw}/{source}/{name}.*parquet', union_by_name = true)
            ), typed as (
                select *, {typed}, loaded_at + interval 1 day as tomorrow from texts
            ), judged as (
                select *, {key} as row_key, case {" ".join(whens)} end as reason_code,
                    list_filter([{", ".join(repaired)}], lambda x: x is not null) as repaired
                from typed
            )
            select *, reason_code is null and row_number() over (
                partition by row_key, reason_code is null order by {latest}
            ) = 1 as is_winner
            from judged""")
        for view, (needed, column, alias) in LOOKUPS.items():
            if needed == table:
                self.db.execute(
                    f"create view {view} as select {column} as {alias} from {table} where is_winner"
                )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.db.execute(query).fetchall()

    def differences(self, judged: str, truth: str) -> list[tuple[Any, ...]]:
        """Rows of one query that the other lacks, counted: the first few, with where they are."""
        return self.rows(
            f"(select 'not in the truth', * from (({judged}) except all ({truth})) limit 5) "
            "union all "
            f"(select 'not in the raw rows', * from (({truth}) except all ({judged})) limit 5)"
        )

    def record_keys(self) -> set[str]:
        """Every party record that accepted rows make."""
        parts = (
            ("salesforce", "account", "id"), ("salesforce", "contact", "id"),
            ("retail", "customers", "customer_id"), ("retail", "transactions", "customer_id"),
            ("oracle_brm", "billing_transaction", "customer_id"),
            ("oracle_brm", "subscription", "customer_id"),
            ("oracle_brm", "usage", "customer_id"),
            ("servicenow", "incident", "coalesce(account_number, 'email:' || caller_email)"),
            ("servicenow", "metric_result", "customer_id"),
            ("cx_survey", "survey_response", "coalesce(customer_id, 'email:' || email)"),
            ("web", "events",
            "coalesce('cookie:' || cookie_id, 'device:' || device_id, 'login:' || login_id)"),
            ("marketing", "engagement_events", "coalesce(customer_id, 'email:' || email)"),
            ("marketing", "preferences", "customer_id"),
            ("support", "tickets", "coalesce(customer_id, 'email:' || requester_email)"),
            ("support", "interactions", "customer_id"),
            ("external", "profiles", "coalesce(customer_id, 'email:' || email)"),
            ("external", "sentiment", "customer_id"),
            ("customer_io", "people", "cio_id"), ("customer_io", "devices", "cio_id"),
            ("customer_io", "deliveries", "cio_id"),
            ("privacy", "consent_events",
            f"coalesce(customer_id, 'email:' || email, 'phone:' || {_E164})"),
            ("privacy", "requests",
            f"coalesce(customer_id, 'email:' || email, 'phone:' || {_E164})"),
        )  # fmt: skip
        keys: set[str] = set()
        for source, table, key in parts:
            rows = self.db.execute(
                f"select distinct '{source}:' || {key} from {source}.{table} where is_winner"
            ).fetchall()
            keys |= {row[0] for row in rows if row[0] is not None}
        return keys


_E164 = "'+' || regexp_replace(phone, '[^0-9]', '', 'g')"
