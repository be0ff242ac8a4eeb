"""Who somebody is for the fund: the pseudonyms of all his numbers, and of his accounts.

    personne = find_personne(maison, NUMERO, "1850669123101")

What is asked for (a NIR, a matricule) stays in memory: only pseudonyms are given back.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.donnees_personnelles import Demande
from warehouse.maison import Maison
from warehouse.pseudonymes import compute_pseudonyme

NIR = 13  # characters, its key left out
IDENTITES = ("identites_lues", "identites_echange")


class PersonneInconnue(LookupError):  # noqa: N818 - named in French
    """Nobody is known by what was asked for. Message in French, without it."""


@dataclass(frozen=True, slots=True)
class Personne:
    """Somebody: the pseudonyms of his numbers and of his accounts, sorted.

    `salarie` is the one that he is published under.
    """

    salarie: str
    numeros: tuple[str, ...]
    comptes: tuple[str, ...]


def find_personne(maison: Maison, demande: Demande, valeur: str) -> Personne:
    """The person asked for; PersonneInconnue when nothing is held of anybody by that."""
    liens = maison.lac.read("liens_salaries").select("identifiant", "salarie").collect()
    demandes = _follow(liens, _read_premiers(maison, demande, valeur))
    dites = [
        maison.lac.read(table).filter(pl.col("salarie").is_in(sorted(demandes)))
        for table in IDENTITES
    ]
    lies = liens.filter(pl.col("identifiant").is_in(sorted(demandes)))
    dits = (dite.select(pl.col("salarie").unique()).collect()["salarie"] for dite in dites)
    numeros = {*lies["identifiant"], *lies["salarie"], *(n for table in dits for n in table)}
    if not numeros:
        raise PersonneInconnue("personne n'est connu sous ce numéro")
    comptes = dites[1].select(pl.col("compte").drop_nulls().unique()).collect()["compte"]
    salarie = min({*lies["salarie"]} or numeros)
    return Personne(salarie, tuple(sorted(numeros)), tuple(sorted(comptes)))


def _read_premiers(maison: Maison, demande: Demande, valeur: str) -> set[str]:
    """The pseudonyms that the words of a demand lead to."""
    if demande is Demande.PSEUDONYME:
        return {valeur.strip()}
    if demande is Demande.NUMERO:
        numero = "".join(valeur.split()).upper()
        formes = {numero, numero[:NIR]}
        return {compute_pseudonyme(maison.cle_pseudonymes, forme) for forme in formes}
    siren, _, matricule = valeur.strip().partition(" ")
    lues = (
        maison.lac.read(table)
        .filter(siren=siren, matricule=matricule.strip())
        .select(pl.col("salarie").drop_nulls().unique())
        .collect()["salarie"]
        for table in IDENTITES
    )
    return {salarie for table in lues for salarie in table}


def _follow(liens: pl.DataFrame, premiers: set[str]) -> set[str]:
    """Every number that names the same person, whatever company declared it."""
    connus: set[str] = set()
    while premiers - connus:
        connus |= premiers
        siens = pl.col("identifiant", "salarie").is_in(sorted(connus))
        lies = liens.filter(pl.any_horizontal(siens))
        premiers = {*lies["identifiant"], *lies["salarie"]}
    return connus
