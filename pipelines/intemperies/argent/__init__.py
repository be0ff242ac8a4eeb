"""What refunds become: amounts due, for the ledger and for the payments of the fund."""
