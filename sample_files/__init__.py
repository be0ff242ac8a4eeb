"""Sample deposits and the generator of synthetic portfolios."""
