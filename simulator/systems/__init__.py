"""One module a source system; each has `produce(scene)`, which yields the good rows of its
tables."""
