"""What a company asks for from its space: forms, what they would change, what became of each."""
