"""Files of the bank: statements (camt.053), advices (camt.054), reports on debits (pain.002)."""
