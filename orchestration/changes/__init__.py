"""What can have changed since the last night, so that a night builds that and no more.

`operations.built_tables` remembers of every model, seed and test what it was made of when a night
built or passed it last (`records`). What that is now is a hash of the project's code, of what its
parents were built by, and of the day where it says something of that (`state`, `inputs`). Where the
two differ, it is built (`plan`).

Every run of dbt claims what it is about to build (the macro claim_built_tables), and a night
remembers only what came to its end and is still claimed by it. So what was killed, failed or was
built by hand, with whatever vars, is built by the next night, with all that is made of it.
"""

from orchestration.changes.plan import Plan, plan_step, remembered
from orchestration.changes.records import Record, Records
from orchestration.changes.state import State, built_state, current_state

__all__ = [
    "Plan",
    "Record",
    "Records",
    "State",
    "built_state",
    "current_state",
    "plan_step",
    "remembered",
]
