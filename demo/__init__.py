"""What `make demo` runs: a simulated company, its Customer 360, and a summary of what came out."""
