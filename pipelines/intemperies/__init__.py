"""Bad weather: declarations, indemnities, refunds, counters."""
