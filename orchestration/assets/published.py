"""What BI reads: the last publication."""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from orchestration.publish import publish
from orchestration.resources import POOL, Warehouse
from orchestration.retries import RETRIES, judged
from orchestration.translator import DEFAULT_OWNER, of_each_night


def published_asset(marts: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """Publishes in one step."""

    @dg.asset(
        name="published",
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
            publication = publish(target, run_id=context.run.run_id)
        return dg.MaterializeResult(
            metadata={
                "publication": publication.publication_id,
                "before": publication.previous_publication_id or "none",
                "as_of_date": publication.as_of_date,
                "rows": publication.row_counts,
                "what_changed": dg.MetadataValue.md("\n\n".join(publication.description)),
            }
        )

    return published
