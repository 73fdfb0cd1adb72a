"""What a model can name, for sqlfluff's Jinja templater: every name of this package is one."""

from sqlfluff.core.errors import SQLTemplaterError

from .stubs import names

try:
    globals().update(names())
except Exception as error:
    # Of any other error sqlfluff only warns, and takes the file for one in order.
    raise SQLTemplaterError(f"What dbt knows could not be read: {error}") from error
