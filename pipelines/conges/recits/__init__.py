"""Leave told in plain words to its employee: rights, certificates, requests, payments, taxes."""
