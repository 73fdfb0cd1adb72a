"""What BI reads: the last publication."""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from orchestration.changes import Record, Records, current_state
from orchestration.changes.records import PUBLISHED
from orchestration.platform.warehouse import Target
from orchestration.publish import Publication, publish, published_now
from orchestration.resources import POOL, Warehouse
from orchestration.retries import RETRIES, judged
from orchestration.translator import DEFAULT_OWNER, of_each_night

NAME = "published"


def published_asset(marts: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """Publishes in one step."""

    @dg.asset(
        name=NAME,
        deps=list(marts),
        group_name="published",
        owners=[f"team:{DEFAULT_OWNER}"],
        kinds={"table"},
        tags={"tier": "1", "pii": ""},
        description="The schema that BI reads: always one whole publication.",
        freshness_policy=of_each_night(),
        retry_policy=RETRIES,
        pool=POOL,
    )
    def published(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> dg.MaterializeResult[Any]:
        with judged("Publishing"), warehouse.open(context.log.info) as target:
            publication = publish(target, run_id=context.run_id)
        return dg.MaterializeResult(metadata=_metadata(publication))

    return published


def publish_changed(
    context: dg.OpExecutionContext, warehouse: Warehouse
) -> Iterable[dg.AssetMaterialization]:
    """Publishes where what is published can have changed, or BI sees another publication."""
    with judged("Publishing"), warehouse.open(context.log.info) as target:
        records = Records(target)
        inputs, last = _published_inputs(target), records.read().get(PUBLISHED)
        if last and (last.inputs, last.built_by) == (inputs, published_now(target)):
            context.log.info(f"Nothing has changed since the publication {last.built_by}")
            return
        publication = publish(target, run_id=context.run_id)
        if inputs:
            records.write({PUBLISHED: Record(inputs, publication.publication_id)})
    yield dg.AssetMaterialization(dg.AssetKey(NAME), metadata=_metadata(publication))


def _published_inputs(target: Target) -> str | None:
    """What a publication is made of now; None where a table of it is not known."""
    state = current_state(target)
    published = [node.unique_id for node in state.nodes.values() if node.meta.get("published")]
    return state.versions(*sorted(published))


def _metadata(publication: Publication) -> dict[str, Any]:
    return {
        "publication": publication.publication_id,
        "before": publication.previous_publication_id or "none",
        "as_of_date": publication.as_of_date,
        "rows": publication.row_counts,
        "what_changed": dg.MetadataValue.md("\n\n".join(publication.description)),
    }
