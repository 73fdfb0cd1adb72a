"""A process, to its end, and what it took."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

_SHOWN = 4000


@dataclass(frozen=True)
class Cost:
    """What a process took, with those that it started; peak_mb: of the largest one."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Runs a command in a folder.

    It is started by a small process: Linux would count as its memory what this one has held.

    Raises:
        SystemExit: it failed; the end of what it said is shown.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as starter:
        return starter.submit(_run, [*command], dict(environment), folder).result()


def _run(command: list[str], environment: dict[str, str], folder: Path) -> Cost:
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            end = said.read()[-_SHOWN:].decode(errors="replace")
            raise SystemExit(f"{' '.join(command)} failed:\n{end}")
    # Linux counts memory in kilobytes
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
