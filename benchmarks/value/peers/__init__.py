"""One module a contender; each runs in a process of its own and prints one line of JSON."""
