"""Follow-up: what a member must declare, reminders, estimated bases."""
