"""What an owner does, on a phone held in one hand."""
