"""The small lists of `donnees/`: names, streets, towns, trades, jobs, contributions."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

EUROS = 100


@dataclass(frozen=True, slots=True)
class Emploi:
    """One job of public works: codes of the norm and range of monthly pay (cents).

    `metier` is of table CMET, `classification` of CCLA, `pcs` of PCS-ESE, `statut` of
    S21.G00.40.002, `retraite` of S21.G00.40.003, `unite` of S21.G00.40.011 (10 hours, 20 days).
    """

    categorie: str
    metier: str
    classification: str
    pcs: str
    libelle: str
    statut: str
    retraite: str
    idcc: str
    unite: str
    salaire_min: int
    salaire_max: int


@dataclass(frozen=True, slots=True)
class Commune:
    """A town as addresses name it; `insee` is its code in the official geography."""

    code_postal: str
    localite: str
    insee: str


@cache
def read_liste(nom: str) -> tuple[dict[str, str], ...]:
    """Lines of `donnees/<nom>.csv`, in the order of the file."""
    texte = files(__package__).joinpath("donnees", f"{nom}.csv").read_text("utf-8")
    return tuple(csv.DictReader(texte.splitlines(), delimiter=";"))


@cache
def read_emplois(categorie: str) -> tuple[Emploi, ...]:
    """Jobs of one category: ouvrier, etam, cadre, apprenti."""
    return tuple(
        _parse_emploi(ligne) for ligne in read_liste("emplois") if ligne["categorie"] == categorie
    )


@cache
def read_communes() -> tuple[Commune, ...]:
    """Towns."""
    return tuple(Commune(**ligne) for ligne in read_liste("communes"))


@cache
def read_colonne(liste: str, colonne: str) -> tuple[str, ...]:
    """One column of a list."""
    return tuple(ligne[colonne] for ligne in read_liste(liste))


@cache
def read_prenoms(sexe: str) -> tuple[str, ...]:
    """First names of one sex (1 or 2, as the NIR writes it)."""
    return tuple(ligne["prenom"] for ligne in read_liste("prenoms") if ligne["sexe"] == sexe)


def _parse_emploi(ligne: dict[str, str]) -> Emploi:
    textes = {c: v for c, v in ligne.items() if not c.startswith("salaire")}
    return Emploi(
        **textes,
        salaire_min=int(ligne["salaire_min"]) * EUROS,
        salaire_max=int(ligne["salaire_max"]) * EUROS,
    )
