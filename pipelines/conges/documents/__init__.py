"""What an employee is given of his leave: how a payment was computed, what he has acquired."""
