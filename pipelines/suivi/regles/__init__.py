"""Rules of the follow-up: pure functions on frames."""
