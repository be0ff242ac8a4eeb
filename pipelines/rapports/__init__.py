"""Reports of conformity: what a deposit is answered, real or test."""
