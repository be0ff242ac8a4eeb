"""Why each published amount is what it is: from an identifier to its explanation."""
