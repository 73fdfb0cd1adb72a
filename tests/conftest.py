"""A small simulated company, and its warehouse."""

from pathlib import Path

import pytest

from tests.support import WORLD_END, Warehouse


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw folder of a small simulated company, with every kind of bad row."""
    from simulator.__main__ import main as simulate  # noqa: PLC0415  (only tests that need it pay)

    raw_dir = tmp_path_factory.mktemp("world") / "raw"
    options = ["--people", "600", "--days", "150", "--seed", "7", "--end", WORLD_END]
    assert simulate([*options, "--out", str(raw_dir)]) == 0
    return raw_dir


@pytest.fixture(scope="session")
def warehouse(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small company's warehouse, built whole with all its tests."""
    folder = tmp_path_factory.mktemp("warehouse")
    built = Warehouse(folder, world, {"as_of_date": WORLD_END})
    built.build()
    return built
