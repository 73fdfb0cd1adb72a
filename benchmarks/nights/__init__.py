"""What a night costs: of everything, of one more day, of nothing new."""
