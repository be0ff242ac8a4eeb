"""Reprocessing: deposits controlled again or withdrawn, once shown, reasoned and approved."""
