"""Rules of the declarations: pure functions on frames."""
