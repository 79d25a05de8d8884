"""The rules and values of the trade; standard library only."""
