"""Rules of the payment of leave: requests, amounts due, withholdings, payments. Pure, on frames."""
