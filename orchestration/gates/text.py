"""Great Expectations' patterns and value sets on the text of a column, whatever its type.

Raw suites say what a source may write, and so speak of text; but loaders may type what they load,
and no engine matches a number, boolean or time with a pattern. A cast of text to text is nothing.
"""

from typing import Any

import sqlalchemy as sa
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_match_regex import (
    ExpectColumnValuesToMatchRegex,
)
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)
from great_expectations.expectations.metrics.util import get_dialect_regex_expression


def _text(column: Any) -> Any:
    return sa.cast(column, sa.String)


class TextMatchesRegex(ColumnMapMetricProvider):
    """Whether the text of a value matches a regular expression."""

    condition_metric_name = "column_values.text_matches_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, regex: str, _dialect: Any, **_: Any) -> Any:
        return get_dialect_regex_expression(_text(column), regex, _dialect)


class TextInSet(ColumnMapMetricProvider):
    """Whether the text of a value is one of a set."""

    condition_metric_name = "column_values.text_in_set"
    condition_value_keys = ("value_set",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, value_set: list[Any], **_: Any) -> Any:
        return _text(column).in_([_text(sa.literal(value)) for value in value_set])


class ExpectTextToMatchRegex(ExpectColumnValuesToMatchRegex):
    """`expect_column_values_to_match_regex` of the text."""

    map_metric = "column_values.text_matches_regex"


class ExpectTextToBeInSet(ExpectColumnValuesToBeInSet):
    """`expect_column_values_to_be_in_set` of the text."""

    map_metric = "column_values.text_in_set"


OF_TEXT = {
    "expect_column_values_to_match_regex": ExpectTextToMatchRegex.expectation_type,
    "expect_column_values_to_be_in_set": ExpectTextToBeInSet.expectation_type,
}
