"""Coherence controls of the norm: conditions written as data, compiled to Polars expressions."""
