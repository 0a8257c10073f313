"""What each interface asks of a model."""
