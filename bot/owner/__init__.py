"""The chat as its owners and clerks use it: sending, stamping, answering, stopping."""
