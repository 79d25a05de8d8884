"""Customers and what they earn: joining, consent, withdrawal, personal data."""
