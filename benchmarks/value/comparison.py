"""Whether the dbt models and their peers come to the same results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

PARAMETERS = ("r", "alpha", "a", "b")
PARAMETER_TOLERANCE = 1e-3
LIKELIHOOD_TOLERANCE = 1e-8
SCORE_TOLERANCE = 1e-8
MEASURES = ("recency_days", "frequency", "monetary")


def check_fit(ours: Path, theirs: Path) -> float:
    """Compare the parameters and log-likelihoods of two fits.

    Returns:
        The largest relative difference of a parameter.

    Raises:
        SystemExit: a parameter differs by more than a thousandth, or the log-likelihood.
    """
    names = (*PARAMETERS, "log_likelihood")
    columns = ", ".join(f"abs(ours.{name} / theirs.{name} - 1)" for name in names)
    fits = "ours.measures.int_value__purchase_fits as ours cross join theirs.fit as theirs"
    [(*parameters, likelihood)] = _query(f"select {columns} from {fits}", ours, theirs)
    worst: float = max(parameters)
    if not (worst < PARAMETER_TOLERANCE and likelihood < LIKELIHOOD_TOLERANCE):
        raise SystemExit(
            f"The fits differ, by {worst:.1e} in a parameter and {likelihood:.1e} in the "
            "log-likelihood, relative."
        )
    return worst


def check_scores(ours: Path, theirs: Path) -> float:
    """Compare the scores that the peer has of every customer.

    Returns:
        The largest relative difference.

    Raises:
        SystemExit: a customer's differs by more than SCORE_TOLERANCE, or is missing.
    """
    described = _query("describe theirs.scores", ours, theirs)
    names = [name for name, *_ in described if name != "customer_id"]
    worst_of_row = ", ".join(
        f"coalesce(abs(ours.{name} / theirs.{name} - 1), 'infinity'::double)" for name in names
    )
    [(worst,)] = _query(
        f"""
        select max(greatest({worst_of_row}))
        from ours.measures.int_value__predictions as ours
        full join theirs.scores as theirs using (customer_id)
        """,
        *(ours, theirs),
    )
    if not worst < SCORE_TOLERANCE:
        raise SystemExit(f"The scores of a customer differ by {worst:.1e}, relative.")
    return float(worst)


def check_rfm(ours: Path, theirs: Path) -> Mapping[str, float]:
    """Compare measures and scores of every customer.

    A peer that splits customers of equal values gives them several scores: ours is the lowest.

    Returns:
        For each measure, the share of customers to whom both give the same score.

    Raises:
        SystemExit: a measure differs, or a score is another one than the lowest of equal values.
    """
    scores = {name: f"{name.removesuffix('_days')}_score" for name in MEASURES}
    differs = " or ".join(
        [f"ours.{name} is distinct from theirs.{name}" for name in MEASURES]
        + [f"ours.{score} <> lowest_{score}" for score in scores.values()]
    )
    lowest = ", ".join(
        f"min(theirs.{score}) over (partition by ours.{name}) as lowest_{score}"
        for name, score in scores.items()
    )
    alike = ", ".join(f"avg((ours.{score} = theirs.{score})::integer)" for score in scores.values())
    [(differing, *shares)] = _query(
        f"""
        select count(*) filter (where {differs}), {alike}
        from (
            select ours, theirs, {lowest}
            from ours.marts.customer_rfm as ours full join theirs.rfm as theirs using (customer_id)
        )
        """,
        *(ours, theirs),
    )
    if differing:
        raise SystemExit(f"Measures or scores of {differing} customers differ.")
    return dict(zip(scores, shares, strict=True))


def _query(sql: str, ours: Path, theirs: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute(f"attach '{theirs}' as theirs (read_only)")
        return connection.execute(sql).fetchall()
