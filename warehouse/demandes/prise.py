"""The requests that the night takes into the history of the registry, each whole or refused.

What is asked for once more is judged on what the registry says by then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from warehouse.demandes.inscriptions import MOTIF, render_inscription
from warehouse.demandes.journal import (
    ATTEND,
    FAITE,
    REFUSEE,
    Demande,
    DemandeImpossible,
    list_demandes,
    read_lignes,
    settle_demande,
)
from warehouse.instants import paris_day
from warehouse.maison import Maison
from warehouse.moteur import lock_writers
from warehouse.registre.importation import import_registre
from warehouse.registre.jugement import YAML
from warehouse.registre.versions import read_version

SANS_EFFET = "Le registre le dit déjà : rien à changer."


@dataclass(frozen=True, slots=True)
class Prise:
    """How many requests were taken in, how many were refused."""

    prises: int
    refusees: int


def take_demandes(maison: Maison, instant: str) -> Prise:
    """Take the requests that wait, in their order: all are settled, or none when it is cut."""
    refusees = 0
    with maison.moteur.begin() as connexion:
        lock_writers(connexion, "demandes")
        attendent = [d for d in list_demandes(connexion, etat=ATTEND) if d.acte.table]
        for demande in attendent:
            refus = _take(connexion, maison, demande, instant)
            suite = None if refus else f"import {read_version(connexion)}"
            etat = REFUSEE if refus else FAITE
            settle_demande(connexion, demande.numero, etat, instant, raison=refus, suite=suite)
            refusees += refus is not None
    return Prise(len(attendent) - refusees, refusees)


def _take(c: Connection, maison: Maison, demande: Demande, instant: str) -> str | None:
    """Import a request; why it is refused, in French, or None."""
    (_, textes), *_ = read_lignes(maison.archive, demande)
    qui, siren = demande.utilisateur, demande.siren
    try:
        contenu = render_inscription(c, demande.acte, siren, qui, textes, paris_day(instant))
    except DemandeImpossible as refus:
        return str(refus)
    bilan = import_registre(
        c,
        contenu,
        archive=maison.archive,
        auteur=qui,
        motif=MOTIF.format(demande.numero, demande.motif),
        instant=instant,
        forme=YAML,
        siren=siren,
    )
    if bilan.erreurs:
        return " ; ".join(bilan.erreurs)
    return None if bilan.changements else SANS_EFFET
