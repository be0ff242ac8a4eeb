"""The controls that a file alone decides, the same for both forms: one room a kind of control."""
