"""What surrounds the dbt project: how raw files get into a warehouse."""
