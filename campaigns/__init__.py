"""From an idea to a settled message."""
