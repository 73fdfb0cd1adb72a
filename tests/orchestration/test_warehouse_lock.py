"""Two runs that start at once have the warehouse one after the other."""

import threading
from pathlib import Path
from typing import Any

from orchestration.resources import Warehouse, settle_environment
from tests.orchestration.test_definitions import settings
from tests.support import environment


def test_a_run_waits_for_the_one_that_has_the_warehouse(tmp_path: Path) -> None:
    waiting = threading.Event()
    context: Any = None
    order = []

    def run() -> None:
        with Warehouse().yield_for_execution(context) as warehouse:
            warehouse.hold(lambda _: waiting.set())
            order.append("second")

    with environment(**settings(tmp_path)):
        settle_environment()
        thread = threading.Thread(target=run)
        with Warehouse().yield_for_execution(context) as warehouse:
            warehouse.hold(order.append)
            warehouse.hold(order.append)
            thread.start()
            assert waiting.wait(timeout=60)
            order.append("first")
        thread.join(timeout=60)
    assert order == ["first", "second"]
