"""Pure rules of the accounts: debts and credits, their history, what comes out of it.

Everything is computed from scratch at a date (`date_arrete`); the ledger only is written by
difference with what is published. Sources: rules/cotisations sections 8 to 10.
"""
