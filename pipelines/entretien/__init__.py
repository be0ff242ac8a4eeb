"""Done once a year: publications that are no longer kept, files of the lake that nobody reads."""
