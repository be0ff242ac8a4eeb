"""Whose documents can't be made: found, and held or set aside, so that the others are published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain

import polars as pl

from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.metier import Document, Metier, find
from pipelines.nuit.reserves.depots import MIS_A_L_ECART, MOTIF, set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.reserves.tenues import hold_entreprises
from pipelines.publication.canaux import Souhaits, read_souhaits, route_lettres
from pipelines.publication.nuit import Nuit
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.remises import Remise

ETAPE = "publication"


def compose_remises(
    maison: Maison,
    nuit: Nuit,
    metiers: Sequence[Metier],
    choisit: Callable[[Document], bool] = lambda _: True,
) -> list[Remise]:
    """Every file that tonight owes, in the archive, of the documents that `choisit` takes."""
    choisis = (d for metier in metiers for d in metier.documents if choisit(d))
    souhaits = read_souhaits(maison, nuit)
    # One document after the other: what is composed of the next one is not held meanwhile.
    remises = (archive_lettres(maison, _compose(maison, nuit, d, souhaits)) for d in choisis)
    return list(chain.from_iterable(remises))


def _compose(
    maison: Maison, nuit: Nuit, document: Document, souhaits: Souhaits
) -> Iterable[Lettre]:
    """The letters of a document, each by the channel that its company has chosen."""
    lettres: Iterable[Lettre] = find(document.compose)(maison, nuit)
    if document.au_choix is None:
        return lettres
    return route_lettres(lettres, souhaits.canaux(nuit, document.au_choix))


def hold_destinataires(
    maison: Maison, nuit: Nuit, metiers: Sequence[Metier], erreur: Exception
) -> None:
    """Hold the companies whose files can't be made, set aside the deposits that explain it.

    Raises:
        Exception: `erreur`, when it is nobody's.
    """
    boites = nuit.boites.filter(nuit.served("adherent"))
    fautifs = find_fautifs(
        boites["adherent"].to_list(),
        lambda d: compose_remises(maison, nuit.only(d), metiers),
        erreur,
    )
    for adherent, echec in fautifs.items():
        siens = nuit.depots.filter(pl.col("adherent") == adherent)
        depots = _find_depots(maison, replace(nuit, depots=siens), metiers, echec)
        set_aside(maison, nuit.date_arrete, ETAPE, depots)
        siren = boites.filter(pl.col("adherent") == adherent)["siren"].item()
        if siren is not None:
            hold_entreprises(maison, nuit.date_arrete, ETAPE, {siren: echec})
        elif not depots:
            raise erreur


def _find_depots(
    maison: Maison, nuit: Nuit, metiers: Sequence[Metier], echec: Exception
) -> dict[str, Exception]:
    """Deposits of the night whose report can't be made; none when it is another document."""

    def essaie(choisis: frozenset[str]) -> None:
        depots = nuit.depots.filter(pl.col("depot").is_in(sorted(choisis)))
        siens = replace(nuit, depots=depots)
        compose_remises(maison, siens, metiers, lambda document: document.par_depot)

    try:
        return dict(find_fautifs(nuit.depots["depot"].to_list(), essaie, echec))
    except PASSAGERES:
        raise
    except Exception as autre:
        if autre is not echec:
            raise
        return {}


def answer_essai(
    maison: Maison, depot: Depot, nuit: Nuit, metiers: Sequence[Metier]
) -> list[Remise]:
    """The report of a test; one that can't be made sets the deposit aside, and says so."""
    try:
        return _draw_essai(maison, depot, nuit, metiers)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - it is this deposit's
        set_aside(maison, nuit.date_arrete, "essai", {depot.depot: erreur})
        ecarte = replace(depot, etat=MIS_A_L_ECART, motif=MOTIF)
        return _draw_essai(maison, ecarte, nuit, metiers)


def _draw_essai(
    maison: Maison, depot: Depot, nuit: Nuit, metiers: Sequence[Metier]
) -> list[Remise]:
    repondent = (find(metier.essai) for metier in metiers if metier.essai)
    lettres = (repond(maison, depot, nuit, metiers) for repond in repondent)
    return archive_lettres(maison, chain.from_iterable(lettres))
