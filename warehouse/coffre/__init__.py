"""The vault: what is personal is encrypted before it is written, and opened where it is read."""
