"""The requests of reprocessing as the portal shows them: what was recorded of each, no more.

The portal asks nobody who they are: pseudonyms and matricules are left out, as of its tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_publication
from warehouse.retraitements import (
    ATTEND,
    Demande,
    Effet,
    Montant,
    list_demandes,
    list_montants,
    read_effet,
)

SUITES_MAX = 50
PERSONNE = re.compile(r"(?<=salarié )[^,]+|(?<=matricule )[^,]+")


@dataclass(frozen=True, slots=True)
class Ligne:
    """An amount that would change: title of its table, whose it is, the amount."""

    table: str
    qui: str
    montant: Montant


@dataclass(frozen=True, slots=True)
class Attente:
    """A request that waits, its effect, whether a publication made it too old to be approved."""

    demande: Demande
    effet: Effet
    lignes: Sequence[Ligne]
    vieillie: bool

    @property
    def objet(self) -> str:
        """What is asked, in French."""
        return mask_objet(self.demande)


@dataclass(frozen=True, slots=True)
class Retraitements:
    """What waits, first to last; what was answered, (request, object), the last first."""

    attentes: Sequence[Attente]
    suites: Sequence[tuple[Demande, str]]


def read_retraitements(maison: Maison) -> Retraitements:
    """Read the requests of today."""
    with maison.moteur.connect() as connexion:
        demandes = list_demandes(connexion)
        publication = read_publication(connexion)
    derniere = publication.numero if publication else 0
    repondues = (d for d in reversed(demandes) if d.etat != ATTEND)
    return Retraitements(
        [_read_attente(maison, d, derniere) for d in demandes if d.etat == ATTEND],
        [(d, mask_objet(d)) for d in islice(repondues, SUITES_MAX)],
    )


def mask_objet(demande: Demande) -> str:
    """What is asked, in French, without whom it names."""
    return PERSONNE.sub("désigné", demande.objet)


def _read_attente(maison: Maison, demande: Demande, derniere: int) -> Attente:
    effet = read_effet(maison, demande)
    lignes = [
        Ligne(read_contrat(changement.table).titre, _describe_qui(montant), montant)
        for changement in effet.changements
        for montant in list_montants(changement)
    ]
    return Attente(demande, effet, lignes, demande.publication != derniere)


def _describe_qui(montant: Montant) -> str:
    changement = montant.changement
    if changement.siren:
        return changement.siren
    return "un salarié" if changement.salarie else "la caisse"
