"""Which errors are worth another try: those of the warehouse, never those of the data."""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
from dbt_common.exceptions import DbtBaseException

from orchestration.platform.exceptions import CannotRunError, TookTooLongError

RETRIES = dg.RetryPolicy(
    max_retries=3, delay=20, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)
_PASSES = re.compile(
    r"could not set lock|conflicting lock|connection|connect to|timed? ?out|temporarily|unavailable"
    r"|too many requests|throttl|session (no longer|is closed|expired)|broken pipe|deadlock"
    r"|\b50[234]\b",
    re.IGNORECASE,
)


def may_pass(message: str) -> bool:
    """Whether an error of a warehouse is one of those that go by themselves."""
    return bool(_PASSES.search(message))


@contextmanager
def judged(what: str) -> Iterator[None]:
    """Turns errors into failures that say whether to try again.

    The text of a database's error may quote values, so only its class is told.
    """
    try:
        yield
    except TookTooLongError as error:
        raise dg.Failure(f"{what}: {error}", allow_retries=False) from None
    except CannotRunError as error:
        raise dg.Failure(f"{what}: {error}", allow_retries=may_pass(str(error))) from None
    except (DbtBaseException, OSError, duckdb.Error) as error:
        raise dg.Failure(
            f"{what}: {type(error).__name__}; dbt's log has its text",
            allow_retries=may_pass(str(error)),
        ) from None
    except dg.Failure:
        raise
    except Exception as error:
        *_, place = traceback.extract_tb(error.__traceback__)
        raise dg.Failure(
            f"{what}: {type(error).__name__} in {place.filename}, line {place.lineno}",
            allow_retries=False,
        ) from None
