"""One module a source system; its `produce(scene)` yields good rows of its tables."""
