"""What a node, a test, a statement and an event cost, and a project of three times the models."""
