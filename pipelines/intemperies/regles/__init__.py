"""Rules of bad weather: pure, on frames and integers."""
