"""The assets: raw tables, dbt's models and seeds, what is published."""
