"""Statements by topic: a transaction first, values in, values out."""
