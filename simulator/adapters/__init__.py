"""Real files turned into the raw layer of one source system."""
