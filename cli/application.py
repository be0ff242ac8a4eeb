"""The command `caisse`: one sub-command a function; heavy imports wait inside each function."""

from __future__ import annotations

import typer

application = typer.Typer(
    name="caisse",
    help="Moteur de nuit d'une caisse de congés payés : contrôle, calcule, publie.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)


def main() -> None:
    """Entry point of the console script."""
    application()
