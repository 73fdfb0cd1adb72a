"""The most memory that this process has held."""

import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_memory_mb() -> float:
    """Peak resident memory in MB.

    Linux says it in /proc; getrusage, used elsewhere, would count what the parent process held when
    it started this one. Systems other than Linux may count in bytes.
    """
    if STATUS.exists():
        [peak_kb] = [line.split()[1] for line in STATUS.read_text().splitlines() if "VmHWM" in line]
        return int(peak_kb) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
