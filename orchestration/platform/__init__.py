"""What all else stands on: the warehouse, how to reach it, and what can go wrong."""
