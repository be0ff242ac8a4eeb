"""The members' accounts: what is due, what pays it, the ledger, the balances."""
