"""Rules of the contribution calls: pure functions on frames."""
