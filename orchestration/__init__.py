"""Everything around the dbt project: loading, gates, publishing, and the nights that run them."""
