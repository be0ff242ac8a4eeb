"""Collection: what the bank says, the life of the mandates, the direct debits."""
