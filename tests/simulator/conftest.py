"""One small world for all tests: made once, then appended to twice."""

import shutil

import pytest

from tests.simulator.folders import WORLD, Worlds, run
from tests.simulator.judge import Judged


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The same world before and after it was appended to."""
    folder = tmp_path_factory.mktemp("worlds")
    first, appended = folder / "first", folder / "appended"
    assert run(*WORLD, "--out", str(first / "raw")) == 0
    shutil.copytree(first, appended)
    assert run("--append-days", "7", "--out", str(appended / "raw")) == 0
    assert run("--append-days", "30", "--out", str(appended / "raw")) == 0
    return Worlds(first, appended)


@pytest.fixture(scope="session")
def judged(worlds: Worlds) -> Judged:
    """The first world, judged."""
    return Judged(worlds.first)


@pytest.fixture(scope="session")
def judged_appended(worlds: Worlds) -> Judged:
    """The world after the appends, judged."""
    return Judged(worlds.appended)
