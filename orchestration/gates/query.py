"""Great Expectations' expectation on what a query finds, at half its statements."""

from typing import Any

from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)

ROWS = "unexpected_rows_query.table"


class ExpectQueryToFindNothing(UnexpectedRowsExpectation):
    """Counts the rows, and fetches them for the result format COMPLETE only.

    Great Expectations fetches them always, and throws them away for the other formats.
    """

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None
    ) -> Any:
        """The metrics that it needs."""
        needed = super().get_validation_dependencies(execution_engine, runtime_configuration)
        if needed.result_format["result_format"] != "COMPLETE":
            needed.remove_metric_configuration(ROWS)
        return needed

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> Any:
        return super()._validate({ROWS: None, **metrics}, runtime_configuration, execution_engine)
