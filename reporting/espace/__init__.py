"""The space of the companies: what is published of each, for who has the right to read it."""
