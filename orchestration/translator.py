"""What Dagster's catalogue says of a dbt model, seed or source."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from orchestration.gates.project import period, pii_columns

DEFAULT_OWNER = "customer-360"


class Translator(DagsterDbtTranslator):
    """Groups are layers and areas; owners are those of the gates' suites.

    owners: by the name of a model, or `source.table`, from the suites.
    """

    def __init__(self, owners: Mapping[str, str]) -> None:
        """Keeps the owners."""
        super().__init__()
        self._owners = owners

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """raw/<source>/<table> for a source, <schema>/<name> for all else."""
        if dbt_resource_props["resource_type"] == "source":
            source, name = dbt_resource_props["source_name"], dbt_resource_props["name"]
            return dg.AssetKey(["raw", source, name])
        return super().get_asset_key(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """As the project's YAML has it, without the SQL."""
        return str(dbt_resource_props["description"] or dbt_resource_props["name"]).strip()

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """raw, reference, or a layer with its folder: staging_<source>, marts_<area>."""
        kind = dbt_resource_props["resource_type"]
        if kind == "source":
            return "raw"
        if kind == "seed":
            return "reference"
        _, layer, *folders, _ = dbt_resource_props["fqn"]
        return "_".join([layer, *folders[:1]])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The team that owns the table's suite; of staging models that of their source's tables."""
        props = dbt_resource_props
        names = [props["name"]]
        if props["resource_type"] == "source":
            names = [f"{props['source_name']}.{props['name']}"]
        elif props["resource_type"] == "model":
            names += [
                unique_id.split(".", 2)[2]
                for unique_id in props["depends_on"]["nodes"]
                if unique_id.startswith("source.")
            ]
            _, layer, *folders, _ = props["fqn"]
            if layer == "staging" and folders:
                names += [name for name in self._owners if name.startswith(f"{folders[0]}.")]
        owner = next((self._owners[name] for name in names if name in self._owners), DEFAULT_OWNER)
        return [f"team:{owner}"]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """dbt's tags, whether a column is PII, and the tier: 1 published, 2 gated."""
        meta = dbt_resource_props["config"].get("meta", {})
        tier = "1" if meta.get("published") else "2" if meta.get("gate") else "3"
        pii = {"pii": ""} if pii_columns(dbt_resource_props["columns"]) else {}
        return {**super().get_tags(dbt_resource_props), **pii, "tier": tier}

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """dbt's, with PII marked at each column."""
        pii = pii_columns(dbt_resource_props["columns"])
        columns = [
            dg.TableColumn(
                name=name,
                type=column.get("data_type") or "?",
                description=column.get("description"),
                tags={"pii": ""} if name in pii else {},
            )
            for name, column in dbt_resource_props["columns"].items()
        ]
        schema = {"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {}
        return {**super().get_metadata(dbt_resource_props), **schema}

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        """dbt's, with how it is materialized among its kinds."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        how = props["config"].get("materialized")
        kinds = (
            {*spec.kinds, how} if how in ("view", "table", "incremental", "seed") else spec.kinds
        )
        return spec.replace_attributes(kinds=kinds, freshness_policy=freshness_policy(props))


def freshness_policy(props: Mapping[str, Any]) -> dg.FreshnessPolicy | None:
    """When a table is late: as its source says in dbt, or customer_360 after a night without it."""
    if props["resource_type"] == "model" and props["name"] == "customer_360":
        return of_each_night()
    freshness = props.get("freshness") or {}
    fails, warns = (period(freshness.get(name)) for name in ("error_after", "warn_after"))
    if fails is None:
        return None
    return dg.FreshnessPolicy.time_window(fail_window=fails, warn_window=warns)


def of_each_night() -> dg.FreshnessPolicy:
    """Of what is built every night: a warning when one night is missing, a failure after two."""
    return dg.FreshnessPolicy.time_window(
        warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
    )
