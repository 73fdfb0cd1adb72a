"""What the builds of large companies cost, and how that grows."""
