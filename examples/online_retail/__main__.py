"""The UCI Online Retail file as the raw layer of `retail`.

    python -m examples.online_retail FILE --out DIR [--loaded-at TIMESTAMP]

The file (541,909 lines of a gift shop, December 2010 to December 2011) has the columns InvoiceNo,
StockCode, Description, Quantity, InvoiceDate (epoch seconds), UnitPrice, CustomerID and Country. It
becomes `transactions` (one row an invoice), `transaction_items` (one row a line of the file),
`products` and `customers`; there are no shops, so the project runs it with

    vars: {sources: [retail], absent_tables: [retail.stores]}

What the file does not say stays null. Exit codes: 0 done, 2 it could not run.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from rich.console import Console

from simulator.run import WORLD_FILE, truth_folder
from simulator.tables import TABLES

EXIT_OK, EXIT_CANNOT_RUN = 0, 2
_COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID",
    "Country",
)  # fmt: skip
_COUNTRIES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "GB", "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE",
    "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL", "Italy": "IT", "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT",
    "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "USA": "US",
    "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip
"""Countries of the file by code; `European Community` and `Unspecified` are none."""

_LINES = """
    create temp table lines as
    select
        trim(InvoiceNo) as invoice,
        row_number() over (partition by trim(InvoiceNo) order by file_row_number) as line,
        upper(trim(StockCode)) as product,
        nullif(trim(Description), '') as description,
        cast(Quantity as bigint) as quantity,
        make_timestamp(cast(InvoiceDate as bigint) * 1000000) as sold_at,
        cast(UnitPrice as decimal(18, 4)) as price,
        cast(cast(CustomerID as bigint) as varchar) as customer,
        Country as country,
        starts_with(upper(trim(InvoiceNo)), 'C') as is_return,
        file_row_number as place
    from read_parquet(?, file_row_number = true)
"""
_QUERIES = {
    "transactions": """
        select
            invoice as transaction_id,
            max(customer) as customer_id,
            'ECOMMERCE' as channel,
            strftime(min(sold_at), '%Y-%m-%d %H:%M:%S') as transaction_date,
            case when bool_or(is_return) then 'RETURN' else 'PURCHASE' end as transaction_type,
            plain(sum(quantity * price)) as total_amount,
            '0' as tax_amount,
            '0' as shipping_amount,
            '0' as discount_amount,
            'GBP' as currency_code,
            'COMPLETED' as transaction_status
        from lines
        group by invoice
        order by min(place)
    """,
    "transaction_items": """
        select
            invoice || '-' || line as item_id,
            invoice as transaction_id,
            product as product_id,
            cast(quantity as varchar) as quantity,
            plain(price) as unit_price,
            plain(quantity * price) as total_price,
            '0' as discount_amount,
            case when is_return then 'RETURNED' else 'SOLD' end as item_status
        from lines
        order by place
    """,
    "products": """
        with descriptions as (
            select product, description, count(*) as uses
            from lines
            where description is not null
            group by 1, 2
        ),
        names as (
            select product, description
            from descriptions
            qualify row_number() over (partition by product order by uses desc, description) = 1
        )
        select
            lines.product as product_id,
            any_value(names.description) as product_name,
            lines.product as sku,
            plain(arg_max(price, place) filter (where price > 0)) as list_price
        from lines
        left join names using (product)
        group by lines.product
        order by lines.product
    """,
    "customers": """
        select
            customer as customer_id,
            arg_max(codes.code, place) as country_code,
            strftime(min(sold_at), '%Y-%m-%d %H:%M:%S') as registration_date
        from lines
        left join codes using (country)
        where customer is not null
        group by customer
        order by customer
    """,
}


class AdapterError(Exception):
    """The file cannot be turned; the message says why and what to do."""


def convert(file: Path, out: Path, loaded_at: datetime) -> dict[str, int]:
    """Writes the four tables of `retail`; returns the rows of each.

    loaded_at: UTC, without a zone. Raises AdapterError.
    """
    if not file.is_file():
        raise AdapterError(f"There is no file {file}")
    if (truth_folder(out) / WORLD_FILE).exists():
        raise AdapterError(f"{out} holds a simulated world: name another folder with --out")
    with duckdb.connect() as connection:
        _read(connection, file)
        (out / "retail").mkdir(parents=True, exist_ok=True)
        rows = {}
        for table, query in _QUERIES.items():
            _write(connection, table, query, out / "retail" / f"{table}.parquet", loaded_at)
            found = connection.execute(f"select count(*) from ({query})").fetchone()
            rows[table] = int(found[0]) if found else 0
    return rows


def _read(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Makes the lines of the file, and what the queries need beside them."""
    try:
        found = connection.execute("describe select * from read_parquet(?)", [str(file)]).fetchall()
    except duckdb.Error as error:
        raise AdapterError(f"{file} is not a Parquet file: {error}") from error
    absent = [name for name in _COLUMNS if name not in {row[0] for row in found}]
    if absent:
        raise AdapterError(
            f"{file} has no column {', '.join(absent)}: is it the Online Retail file?"
        )
    connection.execute(_LINES, [str(file)])
    connection.execute("create temp table codes (country varchar, code varchar)")
    connection.executemany("insert into codes values (?, ?)", list(_COUNTRIES.items()))
    # Decimals without the noise of a float and without noughts at the end: 2.5500 is 2.55.
    connection.execute(
        "create temp macro plain(number) as "
        "regexp_replace(regexp_replace(cast(number as varchar), '(\\.\\d*?)0+$', '\\1'), '\\.$', "
        "'')"
    )


def _write(
    connection: duckdb.DuckDBPyConnection, table: str, query: str, path: Path, loaded_at: datetime
) -> None:
    """One Parquet file with all columns of the table; those the query lacks are null."""
    given = {row[0] for row in connection.execute(f"describe {query}").fetchall()}
    columns = ", ".join(
        name if name in given else f"cast(null as varchar) as {name}"
        for name in TABLES[f"retail.{table}"].columns
    )
    target = str(path).replace("'", "''")
    connection.execute(
        f"copy (select {columns}, timestamp '{loaded_at:%Y-%m-%d %H:%M:%S}' as _loaded_at "
        f"from ({query})) to '{target}' (format parquet, compression zstd)"
    )


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.online_retail",
        description="Turns the UCI Online Retail file into the raw layer of retail.",
    )
    parser.add_argument("file", type=Path, help="the Parquet file")
    parser.add_argument("--out", type=Path, required=True, help="raw folder")
    parser.add_argument(
        "--loaded-at", type=datetime.fromisoformat, help="what _loaded_at says, ISO 8601, UTC (now)"
    )
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return EXIT_OK if stop.code in (0, None) else EXIT_CANNOT_RUN
    loaded_at: datetime = options.loaded_at or datetime.now(tz=UTC)
    if loaded_at.tzinfo is not None:
        loaded_at = loaded_at.astimezone(UTC).replace(tzinfo=None)
    try:
        rows = convert(options.file, options.out, loaded_at)
    except (AdapterError, OSError) as error:
        Console(stderr=True).print(f"[red]Error:[/red] {error}", highlight=False)
        return EXIT_CANNOT_RUN
    console = Console()
    for table, count in rows.items():
        console.print(f"retail.{table}: {count:,} rows", highlight=False)
    console.print(
        f"Wrote them to {options.out}. Build them into a warehouse of their own:\n"
        f"CUSTOMER_360_RAW_DIR={options.out} CUSTOMER_360_DUCKDB=data/online_retail.duckdb "
        "dbt build --vars '{sources: [retail], absent_tables: [retail.stores], "
        "reporting_currency: GBP, as_of_date: 2011-12-10}'",
        highlight=False,
        markup=False,
    )
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
