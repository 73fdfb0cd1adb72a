"""Looks at raw data before anything is built of it, and says at once all that is wrong with it.

What it says of rows is what `dbt build` would: it lets dbt judge them, in a DuckDB file of its own
that goes again. Nothing is written to anybody's warehouse.
"""
