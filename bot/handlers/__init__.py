"""One conversation per file: each takes a turn and returns a reply."""
