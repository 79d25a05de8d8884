"""The REST API for tills: JSON in, JSON out, one token for one shop."""
