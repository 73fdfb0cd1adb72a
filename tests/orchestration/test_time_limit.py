"""What hangs is stopped."""

import socket
import threading

import pytest

from orchestration.platform.exceptions import CannotRunError
from orchestration.resources import step_timeout, time_limit
from tests.support import environment

TOO_LONG = "took longer than 1 seconds, the limit set by CUSTOMER_360_STEP_TIMEOUT_SECONDS"


def test_a_server_that_never_answers_is_given_up() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        pytest.raises(CannotRunError, match=TOO_LONG),
        time_limit(1),
    ):
        client.recv(1)


def test_what_was_stopped_and_says_otherwise_is_told_as_stopped() -> None:
    with pytest.raises(CannotRunError, match=TOO_LONG), time_limit(1):
        try:
            threading.Event().wait()
        except BaseException:
            raise OSError("the connection is gone") from None


def test_other_errors_stay_as_they_are() -> None:
    with pytest.raises(OSError, match="no such file"), time_limit(60):
        raise OSError("no such file")


def test_the_limit_is_a_number_of_seconds() -> None:
    with environment(CUSTOMER_360_STEP_TIMEOUT_SECONDS="90"):
        assert step_timeout() == 90
    with (
        environment(CUSTOMER_360_STEP_TIMEOUT_SECONDS="1h"),
        pytest.raises(Exception, match="CUSTOMER_360_STEP_TIMEOUT_SECONDS is no number"),
    ):
        step_timeout()
