"""Fits, scores and RFM: the dbt models beside lifetimes and pandas."""
