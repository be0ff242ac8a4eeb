"""`caisse entretenir`: what is no longer kept of the fund's past, shown, then withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actes import check_acte
from cli.francais import Application
from specs.typographie import format_compte

if TYPE_CHECKING:
    from pipelines.entretien.menage import Menage
    from pipelines.entretien.purge import Purge

MONTREES = 10
MIO = 1024 * 1024


application = Application(
    help="Retirer ce qui ne se garde plus : publications et fichiers du lac ; purger l'archive.",
    no_args_is_help=False,
)


@application.callback(invoke_without_command=True)
def entretenir(
    contexte: typer.Context,
    appliquer: Annotated[
        bool, typer.Option("--appliquer", help="Le faire ; sinon, seulement le montrer.")
    ] = False,
) -> None:
    """Retirer les publications qui ne se gardent plus, et les fichiers du lac que rien ne lit.

    Ce qui se garde est dit par l'option `publications_conservees`. Une publication gardée reste
    lisible et rejouable ; une publication retirée ne l'est plus, ses dates et ses envois restent.
    """
    if contexte.invoked_subcommand is not None:
        return
    from cli.verrou import alone
    from pipelines.entretien.menage import plan_menage, run_menage
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, maintenant = open_maison(Reglages()), datetime.now(UTC)
    if not appliquer:
        _show(plan_menage(maison, maintenant.date()), "à retirer")
        return
    with alone(maison.reglages):
        _show(run_menage(maison, maintenant.date(), format_instant(maintenant)), "retirés")


@application.command("purger")
def purger(
    appliquer: Annotated[
        bool, typer.Option("--appliquer", help="Le faire ; sinon, seulement le montrer.")
    ] = False,
    auteur: Annotated[str, typer.Option(help="Qui purge (journal d'audit).")] = "",
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")] = "",
) -> None:
    """Supprimer de l'archive ce qui ne se garde plus : fichiers reçus, documents remis.

    Les options `conservation_fichiers_recus` et `conservation_documents_remis` disent combien de
    temps. L'empreinte de ce qui part est gardée, avec sa règle. Code de retour : 0, 2 refusé.
    """
    from cli.verrou import alone
    from pipelines.entretien.purge import plan_purge, run_purge
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, maintenant = open_maison(Reglages()), datetime.now(UTC)
    if not appliquer:
        _show_purge(plan_purge(maison, maintenant.date()), "à purger")
        return
    check_acte(auteur, motif)
    acte = {"auteur": auteur, "motif": motif}
    with alone(maison.reglages):
        faite = run_purge(maison, maintenant.date(), format_instant(maintenant), **acte)
    _show_purge(faite, "purgés")


def _show_purge(purge: Purge, dit: str) -> None:
    for classe, regle in purge.regles.items():
        compte = format_compte(purge.count()[classe], f"contenu {dit}")
        print(f"conservation_{classe} ({regle}) : {compte}")
    if purge.contenus:
        print(f"Empreinte de leur liste : {purge.fingerprint()}")


def _show(menage: Menage, dit: str) -> None:
    numeros = ", ".join(map(str, menage.retirees[:MONTREES]))
    suite = "…" if len(menage.retirees) > MONTREES else ""
    print(f"Publications {dit} : {len(menage.retirees)}{f' ({numeros}{suite})' if numeros else ''}")
    print(f"Fichiers du lac {dit} : {len(menage.restes)}, {menage.octets / MIO:.1f} Mio")
