"""Three gates that bad data does not pass: raw, conformed, marts.

    with open_target(target="duckdb") as target:
        result = run_gate("raw", target)
        if not result.passed:
            ...

Each table of a gate has a suite of Great Expectations, `expectations/<gate>/<table>.yml`, behind
what `expectations/_defaults.yml` says of all of them. What came out of every expectation goes to
`operations.quality_results`, from which later runs learn what is usual. Great Expectations takes
seconds to import, so only `check` does, when it is called.
"""

from orchestration.gates.outcome import Outcome
from orchestration.gates.report import write_report
from orchestration.gates.run import GateResult, run_gate
from orchestration.gates.suites import GATES, Suite, SuiteError, load_suites

__all__ = [
    "GATES",
    "GateResult",
    "Outcome",
    "Suite",
    "SuiteError",
    "load_suites",
    "run_gate",
    "write_report",
]
