"""Who enters the space of the companies: invitations, passwords, one-time codes, sessions."""
