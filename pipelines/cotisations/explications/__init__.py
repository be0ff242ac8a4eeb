"""Why the amounts of the contribution calls are what they are."""
