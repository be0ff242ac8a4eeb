"""Why an indemnity, a refund, a counter of bad weather is what it is."""
