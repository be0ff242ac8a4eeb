"""Pure rules of leave: what is acquired, what is paid."""
