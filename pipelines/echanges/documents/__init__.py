"""What companies read of their exchanges."""
