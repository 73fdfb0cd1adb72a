"""The command line: exit codes, and errors that say what to do."""

import json
from pathlib import Path

import pytest

from tests.simulator.folders import run

SMALL = ["--people", "20", "--days", "5", "--seed", "1", "--end", "2026-03-31"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--people", "0"], "--people is 0"),
        (["--days", "0"], "--days is 0"),
        (["--seed", "-1"], "--seed is -1"),
        (["--people", "many"], "invalid int value"),
        (["--end", "31.03.2026"], "--end"),
        (["--format", "xml"], "invalid choice"),
        (["--append-days", "3"], "There is no world"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, "--out", str(tmp_path / "raw")) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "raw").exists()


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    assert "--append-days" in capsys.readouterr().out


def test_a_world_is_replaced_by_another_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "raw")]
    assert run(*SMALL, *out) == 0
    assert run("--append-days", "2", *out) == 0
    assert (tmp_path / "raw" / "web" / "events.0002.parquet").exists()
    assert run("--people", "30", *SMALL[2:], "--format", "csv", *out) == 0
    assert "Replacing the world of 20 people" in capsys.readouterr().out
    assert {path.suffix for path in (tmp_path / "raw").rglob("*") if path.is_file()} == {".csv"}
    assert not list((tmp_path / "raw").rglob("*.0002.*"))


def test_files_that_are_not_ours_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "raw" / "retail" / "customers.parquet"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"real data")
    assert run(*SMALL, "--out", str(tmp_path / "raw")) == 2
    assert "is not from a simulated world" in " ".join(capsys.readouterr().err.split())
    assert theirs.read_bytes() == b"real data"


def test_an_append_refuses_another_world(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "raw")]
    assert run(*SMALL, *out) == 0
    assert run("--append-days", "2", "--people", "21", *out) == 2
    assert "has --people 20, not 21" in " ".join(capsys.readouterr().err.split())
    assert run("--append-days", "0", *out) == 2
    assert run(*SMALL, "--append-days", "2", *out) == 0


def test_an_append_to_half_a_world_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "raw")]
    assert run(*SMALL, *out) == 0
    world = tmp_path / "truth" / "world.json"
    known = json.loads(world.read_text())
    world.write_text(json.dumps(known | {"complete": False}))
    assert run("--append-days", "2", *out) == 2
    world.write_text(json.dumps(known))
    (tmp_path / "raw" / "web" / "events.parquet").unlink()
    assert run("--append-days", "2", *out) == 2
    assert "is missing" in " ".join(capsys.readouterr().err.split())
    world.write_text("{")
    assert run("--append-days", "2", *out) == 2
    assert "cannot be read" in " ".join(capsys.readouterr().err.split())


def test_a_file_in_place_of_the_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw").write_text("")
    assert run(*SMALL, "--out", str(tmp_path / "raw")) == 2
    assert "is a file" in " ".join(capsys.readouterr().err.split())


def test_a_failure_leaves_the_world_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = ["--out", str(tmp_path / "raw")]
    assert run(*SMALL, *out) == 0
    before = sorted(path for path in tmp_path.rglob("*"))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("simulator.run.spoil", fail)
    assert run("--append-days", "2", *out) == 2
    assert sorted(path for path in tmp_path.rglob("*")) == before
    monkeypatch.undo()
    assert run("--append-days", "2", *out) == 0
