"""What the desk of the operators asks is done here: effects shown, acts, suggestions."""
