"""Three doors that bad data does not pass: raw, conformed, marts.

    with open_target(target="duckdb") as target:
        result = run_door("raw", target)
        if not result.passed:
            ...

Each table of a door has a suite of Great Expectations, `expectations/<door>/<table>.yml`, behind
what `expectations/_defaults.yml` says of all of them. What came out of every expectation goes to
`operations.quality_results`, from which later runs learn what is usual. Great Expectations takes
seconds to import, so only `check` does, when it is called.
"""

from orchestration.gates.doors import DoorResult, run_door
from orchestration.gates.outcome import Outcome
from orchestration.gates.report import write_report
from orchestration.gates.suites import DOORS, Suite, SuiteError, load_suites

__all__ = [
    "DOORS",
    "DoorResult",
    "Outcome",
    "Suite",
    "SuiteError",
    "load_suites",
    "run_door",
    "write_report",
]
