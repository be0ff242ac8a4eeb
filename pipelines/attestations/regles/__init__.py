"""Rules of the certificates: pure functions on frames."""
