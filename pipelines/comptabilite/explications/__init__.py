"""Why the amounts of the accounts are what they are."""
