"""What decides of an exchange file and of its lines: pure rules."""
