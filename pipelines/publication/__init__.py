"""Audit, then one transaction: what the fund publishes and what companies receive."""
