"""`caisse entretenir`: what is no longer kept of the fund's past, shown, then withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.entretien.menage import Menage

MONTREES = 10
MIO = 1024 * 1024


def entretenir(
    appliquer: Annotated[
        bool, typer.Option("--appliquer", help="Le faire ; sinon, seulement le montrer.")
    ] = False,
) -> None:
    """Retirer les publications qui ne se gardent plus, et les fichiers du lac que rien ne lit.

    Ce qui se garde est dit par l'option `publications_conservees`. Une publication gardée reste
    lisible et rejouable ; une publication retirée ne l'est plus, ses dates et ses envois restent.
    """
    from cli.verrou import alone
    from pipelines.entretien.menage import plan_menage, run_menage
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, maintenant = open_maison(Reglages()), datetime.now(UTC)
    if not appliquer:
        _show(plan_menage(maison, maintenant.date()), "à retirer")
        return
    with alone(maison.reglages.dossier):
        _show(run_menage(maison, maintenant.date(), format_instant(maintenant)), "retirés")


def _show(menage: Menage, dit: str) -> None:
    numeros = ", ".join(map(str, menage.retirees[:MONTREES]))
    suite = "…" if len(menage.retirees) > MONTREES else ""
    print(f"Publications {dit} : {len(menage.retirees)}{f' ({numeros}{suite})' if numeros else ''}")
    print(f"Fichiers du lac {dit} : {len(menage.restes)}, {menage.octets / MIO:.1f} Mio")
