"""Runs the loader and ends its process with SIGKILL at a statement.

python killed.py <target> <raw folder> <before|after> <start of the statement>
"""

import os
import signal
import sys

from orchestration.load.__main__ import main
from orchestration.platform.warehouse import Target


def kill_at(when: str, start: str) -> None:
    """Kills this process before or after the first statement that begins so."""
    execute = Target.execute

    def execute_until(self: Target, sql: str) -> None:
        if sql.startswith(start) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        execute(self, sql)
        if sql.startswith(start):
            os.kill(os.getpid(), signal.SIGKILL)

    Target.execute = execute_until  # type: ignore[method-assign]


if __name__ == "__main__":
    target, raw_dir, *moment = sys.argv[1:]
    if target == "databricks":
        from tests.engines.databricks_client import connect_to_open_source_spark

        connect_to_open_source_spark()
    if moment:
        kill_at(*moment)
    sys.exit(main(["--target", target, "--raw-dir", raw_dir]))
