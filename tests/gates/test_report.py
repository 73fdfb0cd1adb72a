"""The quality report is one file that needs no network, and everything is in it."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from orchestration.gates import GATES, run_gate, write_report
from orchestration.gates.history import ROW_COUNT
from orchestration.platform.warehouse import open_target
from tests.gates.conftest import EXPECTATIONS, Gated
from tests.support import Warehouse


class Page(HTMLParser):
    """The elements of a page, their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@pytest.fixture
def html(gated: Gated, mine: Warehouse, tmp_path: Path) -> str:
    """The report after a run of every gate, and another of one table."""
    orders = tmp_path / "expectations" / "marts"
    orders.mkdir(parents=True)
    shutil.copy(EXPECTATIONS / "_defaults.yml", orders.parent)
    shutil.copy(EXPECTATIONS / "marts" / "orders.yml", orders)
    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        run_gate("marts", target, folder=orders.parent)
        with target.adapter.connection_named("report"):
            return write_report(target, tmp_path / "report.html").read_text()


def test_the_report_needs_nothing_but_itself(html: str) -> None:
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag not in {"base", "embed", "iframe", "img", "link", "object", "script"}
        assert "src" not in attributes and "srcset" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|@font-face|https?:", html)
    assert "prefers-color-scheme: dark" in html


def test_every_gate_table_and_expectation_is_in_the_report(gated: Gated, html: str) -> None:
    page = Page(html)
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert set(GATES) <= ids
    for (_, table), suite in gated.suites.items():
        assert table in page.words
        assert suite.owner in page.words
        for expectation in suite.expectations:
            assert expectation.name in page.words
            assert expectation.notes in page.words, expectation.notes
    expected = sum(len(suite.expectations) for suite in gated.suites.values())
    assert [tag for tag, _ in page.elements].count("tr") == expected + len(gated.suites)


def test_the_report_shows_the_last_runs(gated: Gated, html: str) -> None:
    page = Page(html)
    runs = [
        str(attributes["aria-label"]).partition(": ")[2].split(", ")
        for _, attributes in page.elements
        if attributes.get("class") == "runs"
    ]
    assert [len(of_gate) for of_gate in runs] == [1, 1, 2]
    lines = [attributes for tag, attributes in page.elements if tag == "polyline"]
    counts = {part.table: part.observed_value for part in gated.results["marts"].outcomes
              if part.expectation == ROW_COUNT}  # fmt: skip
    assert f"2 runs, from {int(str(counts['orders'])):.4g} to" in html
    assert 1 < len(lines) <= len(gated.suites["marts", "orders"].expectations)
