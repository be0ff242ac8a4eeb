"""Control of deposits: read, check, keep what the rules will need."""
