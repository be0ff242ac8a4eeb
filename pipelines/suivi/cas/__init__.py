"""Golden cases of the follow-up."""
