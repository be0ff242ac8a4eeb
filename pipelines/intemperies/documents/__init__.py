"""What companies are told of their declarations of bad weather."""
