"""Synthetic people: name, birth, address, and a NIR that nobody can bear.

A NIR of 13 characters is sex, year, month, department, commune, order. The commune code is here
between 990 and 998: none of the departments kept (01 to 95, without Corsica) has so many communes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_files.generateur.listes import Commune, read_colonne, read_communes, read_prenoms

DEPARTEMENTS = tuple(f"{n:02}" for n in range(1, 96) if n != 20)  # noqa: PLR2004, Corsica
PREMIERE_COMMUNE, ORDRES = 990, 999
RANGS = 10_000  # companies of a portfolio: no two of them share a tail of NIR
QUEUES = 83  # tails of one company; with a birth month, 80 000 people


@dataclass(frozen=True, slots=True)
class Personne:
    """A person as block S21.G00.30 says it; `departement` is the one of birth."""

    nir: str
    nom: str
    prenom: str
    naissance: date
    departement: str
    lieu: str
    voie: str
    commune: Commune


def draw_personne(
    rng: Random, rang: int, pris: set[str], naissances: tuple[date, date]
) -> Personne:
    """A new person of the company of this `rang`, born between two days; its NIR joins `pris`."""
    sexe = rng.choice("1112")
    naissance = draw_jour(rng, *naissances)
    nir = _draw_nir(rng, rang, sexe, naissance, pris)
    return Personne(
        nir=nir,
        nom=rng.choice(read_colonne("noms", "nom")),
        prenom=rng.choice(read_prenoms(sexe)),
        naissance=naissance,
        departement=nir[5:7],
        lieu=rng.choice(read_communes()).localite,
        voie=draw_voie(rng),
        commune=rng.choice(read_communes()),
    )


def draw_jour(rng: Random, premier: date, dernier: date) -> date:
    """A day between two, both included."""
    return premier + timedelta(days=rng.randint(0, max(0, (dernier - premier).days)))


def draw_voie(rng: Random) -> str:
    """Number and street."""
    return f"{rng.randint(1, 98)} {rng.choice(read_colonne('voies', 'voie'))}"


def _draw_nir(rng: Random, rang: int, sexe: str, naissance: date, pris: set[str]) -> str:
    """A NIR not yet in `pris`, of the tails of this company."""
    while True:
        queue = rang % RANGS + RANGS * rng.randrange(QUEUES)
        nir = compute_nir(sexe, naissance, queue)
        if nir not in pris:
            pris.add(nir)
            return nir


def compute_nir(sexe: str, naissance: date, queue: int) -> str:
    """The NIR number `queue` of a sex and birth month; two tails never give the same."""
    reste, departement = divmod(queue, len(DEPARTEMENTS))
    commune, ordre = divmod(reste, ORDRES)
    if PREMIERE_COMMUNE + commune >= ORDRES:
        raise ValueError(f"trop de NIR pour un même mois de naissance : {queue}")
    lieu = f"{DEPARTEMENTS[departement]}{PREMIERE_COMMUNE + commune}"
    return f"{sexe}{naissance:%y%m}{lieu}{ordre + 1:03}"
