"""Rules of the employees: pure functions on frames."""
