"""Exchange files as spreadsheets: what a small company fills in, and what it can look at."""
