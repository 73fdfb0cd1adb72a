"""Which errors are tried again, and what is told of them."""

import dagster as dg
import duckdb
import pytest
from dbt_common.exceptions import DbtDatabaseError

from orchestration.platform.exceptions import CannotRunError, TookTooLongError
from orchestration.resources import took_too_long
from orchestration.retries import judged

ERRORS = [
    (DbtDatabaseError("Connection reset by peer while reading 'Jane Doe'"), True),
    (DbtDatabaseError('IO Error: Could not set lock on file "c.duckdb"'), True),
    (duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held"), True),
    (duckdb.ConversionException("Conversion Error: could not cast 'Jane Doe' to date"), False),
    (DbtDatabaseError("503 Service Unavailable"), True),
    (OSError("Broken pipe"), True),
    (DbtDatabaseError("Conversion Error: could not cast 'Jane Doe' to date"), False),
    (DbtDatabaseError("Catalog Error: table does not exist"), False),
    (CannotRunError("There is no target 'prod'"), False),
    (TookTooLongError(took_too_long(60)), False),
    (ZeroDivisionError("Jane Doe"), False),
]


@pytest.mark.parametrize(("error", "again"), ERRORS)
def test_errors_of_the_warehouse_are_tried_again_and_others_not(
    error: Exception, again: bool
) -> None:
    with pytest.raises(dg.Failure) as raised, judged("Loading"):
        raise error
    assert raised.value.allow_retries is again
    assert str(raised.value.description).startswith("Loading: ")
    assert "Jane Doe" not in str(raised.value.description)
