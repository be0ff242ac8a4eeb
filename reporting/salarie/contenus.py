"""What each of his pages shows: his published rows, put in the order in which he looks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from reporting.salarie.lecture import Siennes
from reporting.salarie.moteur import IMPRIMES, can_print
from reporting.salarie.visiteur import Lui
from specs.salarie import read_mots

Lignes = Sequence[Mapping[str, Any]]
AVRIL = 4  # days of a leave year are taken until the end of that month of the next one
# The page that a table is read on.
PAGES = {
    "droits": "conges",
    "demandes_conges": "conges",
    "certificats": "documents",
    "decomptes": "paiements",
    "reglements": "paiements",
    "attestations_fiscales": "paiements",
    "indemnites_intemperies": "intemperies",
    "cumuls_intemperies": "intemperies",
}


@dataclass(frozen=True, slots=True)
class Exercice:
    """The leave earned in a year: its right, its counters, until when its days are taken.

    `reste_centiemes`: days left, all counters together.
    """

    droit: Mapping[str, Any]
    compteurs: Lignes
    reste_centiemes: int
    fin: date
    passe: bool


@dataclass(frozen=True, slots=True)
class Accueil:
    """What he looks for first; None for what he does not have."""

    employeurs: Lignes
    exercice: Exercice | None
    a_venir: Lignes
    paiement: Mapping[str, Any] | None
    retenus: Lignes
    intemperies: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Conges:
    """Leave years, the last one first; requests to come and past; where each was asked."""

    exercices: Sequence[Exercice]
    a_venir: Lignes
    passes: Lignes
    employeurs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Paiements:
    """Payments of leave, transfers, what waits, what is to be declared of each year."""

    decomptes: Lignes
    virements: Lignes
    retenus: Lignes
    annees: Lignes


@dataclass(frozen=True, slots=True)
class Intemperies:
    """Counters by year, indemnities, with the companies of each."""

    cumuls: Lignes
    indemnites: Lignes
    employeurs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Documents:
    """What may be had on paper, by kind; certificates with what they add up."""

    imprimes: Mapping[str, Lignes]
    certificats: Lignes
    employeurs: Mapping[str, str]


def page_of(table: str) -> str:
    """The page that a row is read on."""
    return PAGES.get(table, "")


def read_accueil(lui: Lui) -> Accueil:
    """The home."""
    siennes = lui.siennes
    noms = siennes.read_employeurs()
    exercices = list(_list_exercices(lui))
    decomptes = _last_first(siennes, "decomptes", "date_paiement", "debut")
    cumuls = _last_first(siennes, "cumuls_intemperies", "annee")
    employeurs = sorted(
        siennes.read("salaries").to_dicts(), key=itemgetter("dernier_mois"), reverse=True
    )
    return Accueil(
        [e | {"nom": noms.get(e["siren"], e["siren"])} for e in employeurs],
        next((e for e in exercices if not e.passe), None),
        _split(lui)[0],
        decomptes[0] if decomptes else None,
        siennes.read("reglements_retenus").to_dicts(),
        cumuls[0] if cumuls else None,
    )


def read_conges(lui: Lui) -> Conges:
    """Leave."""
    a_venir, passes = _split(lui)
    return Conges(list(_list_exercices(lui)), a_venir, passes, lui.siennes.read_employeurs())


def read_paiements(lui: Lui) -> Paiements:
    """Payments."""
    siennes = lui.siennes
    return Paiements(
        _last_first(siennes, "decomptes", "date_paiement", "debut"),
        _last_first(siennes, "reglements", "date_execution"),
        siennes.read("reglements_retenus").to_dicts(),
        _last_first(siennes, "attestations_fiscales", "annee"),
    )


def read_intemperies(lui: Lui) -> Intemperies:
    """Bad weather."""
    siennes = lui.siennes
    return Intemperies(
        _last_first(siennes, "cumuls_intemperies", "annee"),
        _last_first(siennes, "indemnites_intemperies", "premier_jour"),
        siennes.read_employeurs(),
    )


def read_documents(lui: Lui) -> Documents:
    """Documents; of his rights, one page tells all years."""
    siennes = lui.siennes
    imprimes = {
        nom: [ligne for ligne in siennes.name(nom) if can_print(lui, nom, ligne)]
        for nom in IMPRIMES
        if nom != "certificats"
    }
    return Documents(
        imprimes | {"droits": imprimes["droits"][-1:]},
        _last_first(siennes, "certificats", "fin"),
        siennes.read_employeurs(),
    )


def _last_first(siennes: Siennes, nom: str, *tri: str) -> list[dict[str, Any]]:
    return sorted(siennes.name(nom), key=itemgetter(*tri), reverse=True)


def _list_exercices(lui: Lui) -> Iterator[Exercice]:
    """Leave years, the last one first."""
    rangs = list(read_mots()["compteurs"])
    compteurs = lui.siennes.read("compteurs_conges").to_dicts()
    for droit in _last_first(lui.siennes, "droits", "exercice"):
        siens = [c for c in compteurs if c["exercice"] == droit["exercice"]]
        siens.sort(key=lambda c: rangs.index(c["compteur"]))
        fin = date(droit["exercice"] + 1, AVRIL, 30)
        yield Exercice(
            droit,
            [c for c in siens if c["acquis_centiemes"] or c["pris_centiemes"]],
            sum(c["reste_centiemes"] for c in siens),
            fin,
            lui.publication is not None and fin < lui.publication.date_arrete,
        )


def _split(lui: Lui) -> tuple[Lignes, Lignes]:
    """Requests to come, the nearest first, then the others, the last one first."""
    demandes = _last_first(lui.siennes, "demandes_conges", "demande")
    datees = sorted(demandes, key=lambda d: d["debut"] or date.max, reverse=True)
    arrete = lui.publication.date_arrete if lui.publication else date.min
    a_venir = [d for d in datees if d["debut"] and d["reprise"] and d["reprise"] > arrete]
    return a_venir[::-1], [d for d in datees if d not in a_venir]
