"""Why a certificate, a right, a counter of leave is what it is."""
