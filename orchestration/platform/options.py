"""What all command lines have in common: dbt's own options, and exit codes."""

import argparse
import os
from pathlib import Path

# EXIT_FAILED: a check failed, or a file was rejected
EXIT_OK, EXIT_FAILED, EXIT_CANNOT_RUN = 0, 1, 2
DBT_VARS = "CUSTOMER_360_DBT_VARS"


def add_dbt_options(parser: argparse.ArgumentParser) -> None:
    """The options that choose a dbt target, named as dbt names them."""
    parser.add_argument("--target", help="target in profiles.yml (the profile's default)")
    parser.add_argument("--profiles-dir", type=Path, help="folder of profiles.yml")
    parser.add_argument("--project-dir", type=Path, help="folder of dbt_project.yml")


def add_vars_option(parser: argparse.ArgumentParser) -> None:
    """dbt's --vars, as YAML."""
    variables = os.environ.get(DBT_VARS)
    parser.add_argument("--vars", default=variables, help=f"dbt's, as YAML ({DBT_VARS})")


def add_raw_dir_option(parser: argparse.ArgumentParser) -> None:
    """Where raw files lie."""
    raw_dir = Path(os.environ.get("CUSTOMER_360_RAW_DIR", "data/raw"))
    parser.add_argument("--raw-dir", type=Path, default=raw_dir, help=f"raw folder ({raw_dir})")
