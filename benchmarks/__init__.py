"""Measured comparisons with peers and limits; each writes its table under `results/`."""
