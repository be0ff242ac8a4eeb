"""How each company receives each document that is a choice: its folder, on paper, not at all.

Its own wish for the document comes first, then its wish for all, then what it was said to want
before wishes were kept by document (`zero_papier`), then the option of the fund. Source: F04.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.editique.lettres import Lettre
from pipelines.publication.nuit import Nuit
from specs.contrats import codes_of
from specs.options import option_at
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.registre import read_envois_documents, read_options_adherents

(TOUS,) = codes_of("envois_documents", "document", "*")
SFTP, IMPRESSION, AUCUN = codes_of("envois_documents", "canal", "SFTP", "IMPRESSION", "AUCUN")
(ZERO_PAPIER,) = codes_of("options_adherents", "option", "zero_papier")
OUI = "oui"


@dataclass(frozen=True, slots=True)
class Souhaits:
    """What companies wished as of a night: contracts `envois_documents`, `options_adherents`."""

    envois: pl.DataFrame
    options: pl.DataFrame

    def canaux(self, nuit: Nuit, document: str) -> Mapping[str, str]:
        """The channel of a document by box."""
        choisis = compute_canaux(self.envois, self.options, document, nuit.date_arrete)
        defaut = option_at("canal_documents", Mois.from_date(nuit.date_arrete))
        boites = nuit.boites.select("adherent", "siren").iter_rows()
        return {adherent: choisis.get(siren, defaut) for adherent, siren in boites}


def read_souhaits(maison: Maison, nuit: Nuit) -> Souhaits:
    """As the registry of the night says."""
    with maison.moteur.connect() as connexion:
        return Souhaits(
            read_envois_documents(connexion, nuit.vue.registre),
            read_options_adherents(connexion, nuit.vue.registre),
        )


def compute_canaux(
    envois: pl.DataFrame, options: pl.DataFrame, document: str, jour: date
) -> Mapping[str, str]:
    """The channel of a document by SIREN, of those who wished something.

    `envois`: contract `envois_documents`; `options`: contract `options_adherents`.
    """
    souhaits = envois.filter(
        pl.col("document").is_in([document, TOUS]),
        pl.col("debut") <= jour,
        pl.col("fin").is_null() | (pl.col("fin") >= jour),
    ).sort(pl.col("document") == document, "siren")
    siennes = options.filter(pl.col("option") == ZERO_PAPIER, pl.col("debut") <= jour)
    dernieres = siennes.sort("siren", "debut").unique("siren", keep="last", maintain_order=True)
    sans_papier = dict.fromkeys(dernieres.filter(pl.col("valeur") == OUI)["siren"], SFTP)
    return sans_papier | dict(souhaits.select("siren", "canal").iter_rows())


def route_lettres(lettres: Iterable[Lettre], canaux: Mapping[str, str]) -> Iterator[Lettre]:
    """The letters that are wanted, those on paper marked so."""
    for lettre in lettres:
        canal = canaux.get(lettre.adherent, SFTP)
        if canal == IMPRESSION:
            yield replace(lettre, canal=canal)
        elif canal != AUCUN:
            yield lettre
