"""Durable state: registry, journal, archive of deposits, lake, publications."""
