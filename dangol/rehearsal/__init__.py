"""A program lived through in seconds, on a clock that is pushed: `dangol rehearse`."""
