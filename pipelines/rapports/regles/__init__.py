"""What reports count, as pure functions on frames."""
