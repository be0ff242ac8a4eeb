"""Why the amounts of the certificates are what they are."""
