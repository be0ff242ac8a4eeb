"""Who does an act that the audit trail keeps, and why: both are due."""

from __future__ import annotations

import typer

REFUSE = 2


def check_acte(auteur: str, motif: str) -> None:
    """Leave when nobody, or no reason, is given."""
    if not (auteur.strip() and motif.strip()):
        typer.echo("Un auteur et un motif sont dus : --auteur, --motif.", err=True)
        raise typer.Exit(REFUSE)
