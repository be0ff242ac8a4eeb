"""`caisse exploitation chiffrer`: what is kept encrypted, put under the current key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actes import REFUSE, check_acte

if TYPE_CHECKING:
    from warehouse.maison import Maison
    from warehouse.reglages import Reglages


def chiffrer(
    appliquer: Annotated[
        bool, typer.Option("--appliquer", help="Le faire ; sinon, seulement le montrer.")
    ] = False,
    nouvelle_cle: Annotated[
        bool, typer.Option("--nouvelle-cle", help="Tirer d'abord une clé, qui servira désormais.")
    ] = False,
    auteur: Annotated[str, typer.Option(help="Qui le fait (journal d'audit).")] = "",
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")] = "",
) -> None:
    """Chiffrer avec la clé courante ce qui ne l'est pas : en clair, ou sous une clé d'avant.

    Coupée, la commande se relance sans --nouvelle-cle et continue. Les clés d'avant restent dans
    `cles` : elles ouvrent encore les sauvegardes. Code de retour : 0 fait ou montré, 2 impossible.
    """
    from cli.verrou import alone
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    reglages = Reglages()
    maison = open_maison(reglages)
    if not appliquer:
        _show(maison)
        return
    check_acte(auteur, motif)
    if nouvelle_cle and reglages.cles_coffre is not None:
        typer.echo(
            "Les clés sont un réglage : ajouter la nouvelle à la fin de CAISSE_CLES_COFFRE.",
            err=True,
        )
        raise typer.Exit(REFUSE)
    with alone(reglages):
        _apply(_draw(reglages) if nouvelle_cle else maison, auteur, motif)


def _draw(reglages: Reglages) -> Maison:
    """The home with one more key."""
    from warehouse.coffre.trousseau import add_cle, list_fichiers
    from warehouse.maison import open_maison

    add_cle(reglages.dossier, len(list_fichiers(reglages.dossier)) + 1)
    return open_maison(reglages)


def _apply(maison: Maison, auteur: str, motif: str) -> None:
    from warehouse.audit import record_audit
    from warehouse.coffre.rotation import name_courante, seal_again
    from warehouse.instants import format_instant

    courante, instant = name_courante(maison.archive), format_instant(datetime.now(UTC))
    with maison.moteur.begin() as connexion:
        record_audit(
            connexion,
            auteur=auteur,
            action="chiffrement_coffre",
            objet=f"clé {courante}",
            motif=motif,
            instant=instant,
        )
    faits = seal_again(maison, instant)
    dits = ", ".join(f"{nombre} {quoi}" for quoi, nombre in faits.items())
    print(f"Chiffrés sous la clé {courante} : {dits}.")
    print("Sauvegarder les clés (caisse exploitation sauvegarder DOSSIER --cles CLES).")


def _show(maison: Maison) -> None:
    from warehouse.coffre.rotation import count_sealed, name_courante

    courante = name_courante(maison.archive)
    print(f"Clé courante : {courante}")
    for quoi, noms in count_sealed(maison).items():
        for nom, nombre in sorted(noms.items()):
            dit = "" if nom == courante else " (à chiffrer)"
            print(f"{quoi}, {nom} : {nombre}{dit}")
