"""What identity alone costs, of many records and of hostile ones."""
