"""Pure rules of the collection."""
