"""Decisions that name somebody by a pseudonym, in a past made again under another key.

A pseudonym does not tell whom it stands for: it is looked for among those that the key of before
gives to everybody whom the home made again knows by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pipelines.conges.regles.acquisition.acquis import PSEUDONYME as DEBUT
from pipelines.echanges.fichiers import SANS_NIR
from pipelines.rejeu.jeu import RejeuImpossible
from warehouse.faits import DecisionFaite, Fait
from warehouse.maison import Maison
from warehouse.pseudonymes import LONGUEUR, compute_pseudonyme

# A pseudonym, or what a right or a certificate shows of it in its number.
NOM = re.compile(rf"\b(?:[0-9a-f]{{{LONGUEUR}}}|[0-9a-f]{{{DEBUT}}})\b")
EN_CLAIR = {
    "identites_lues": ("nir", "ntt", "nir_certifie"),
    "identites_echange": ("nir", "iban"),
}


@dataclass(frozen=True, slots=True)
class Traduction:
    """From the pseudonyms of the key `ancienne` to those of a home made again."""

    ancienne: bytes = field(repr=False)

    def cut(self, faits: Sequence[Fait], cible: Maison) -> Iterator[list[Fait]]:
        """The same facts, cut before each decision that names somebody.

        It is translated once what comes before it was played: asked for one by one.
        RejeuImpossible when nobody is known by the pseudonym.
        """
        suite: list[Fait] = []
        for fait in faits:
            if isinstance(fait, DecisionFaite) and NOM.search(fait.contenu):
                yield suite
                suite = [self.translate(fait, cible)]
            else:
                suite.append(fait)
        yield suite

    def translate(self, fait: DecisionFaite, cible: Maison) -> DecisionFaite:
        """The decision, under the pseudonyms of the home; RejeuImpossible when one is nobody's."""
        connus: dict[str, str] = {}
        for clair in _read_clairs(cible):
            avant, apres = (
                compute_pseudonyme(cle, clair) for cle in (self.ancienne, cible.cle_pseudonymes)
            )
            connus |= {avant: apres, avant[:DEBUT]: apres[:DEBUT]}

        def translated(trouve: re.Match[str]) -> str:
            nom = trouve.group()
            if len(nom) == LONGUEUR and nom not in connus:
                raise RejeuImpossible(
                    f"décision n° {fait.numero} : personne n'est connu sous le pseudonyme qu'elle"
                    " nomme, qu'une autre clé changerait"
                )
            return connus.get(nom, nom)

        return replace(fait, contenu=NOM.sub(translated, fait.contenu))


def _read_clairs(maison: Maison) -> Iterator[str]:
    """Every identifier in clear that a pseudonym of the home stands for."""
    for table, colonnes in EN_CLAIR.items():
        lues = maison.lac.read(table).select(colonnes).collect()
        for nom in colonnes:
            yield from lues[nom].drop_nulls().unique()
    dits = maison.lac.read("identites_echange").select("siren", "matricule").drop_nulls()
    sans_nir = pl.format(SANS_NIR, "siren", "matricule").alias("clair")
    yield from dits.select(sans_nir.unique()).collect()["clair"]
