"""Leave: certificates, rights, requests, payments."""
