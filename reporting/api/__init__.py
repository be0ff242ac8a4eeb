"""The machines' door: what a user of the registry reads and deposits, over HTTP, by a token."""
