"""Programs, markets, shops, grants and the ledger."""
