"""A simulated company: the raw layer of eleven source systems, with the truth beside it."""
