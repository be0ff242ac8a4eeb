"""Other dated values, tried on a fund: what a night would publish otherwise with them."""
