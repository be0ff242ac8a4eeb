"""What the measures say at the end: each bar, and whether it holds."""

from __future__ import annotations


def verdict(question: str, *, tenu: bool) -> None:
    """One bar and whether it holds."""
    print(f"{'oui' if tenu else 'NON'}  {question}")
