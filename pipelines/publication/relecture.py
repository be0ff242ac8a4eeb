"""The documents of a publication against its tables: composed and drawn again, then compared.

A document is what its tables say when the engine that gave it, asked again, gives the same bytes.
What that engine was is told by the night; another one is not asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from pipelines.editique.dessins import parse_dessin
from pipelines.metier import Metier
from pipelines.publication.mise_en_reserve import compose_remises
from pipelines.publication.nuit import Nuit, read_nuit
from specs.octets import fingerprint
from warehouse.archive import Archive
from warehouse.maison import Maison
from warehouse.publications import Publication, read_table_publiee
from warehouse.purges import read_purges
from warehouse.remises import (
    Cle,
    has_content,
    read_dessins_publies,
    read_remises_publiees,
)
from warehouse.veille import open_veille

MONTANT = re.compile(r"[-+−]?[\d\s\u202f\u00a0]+([.,]\d+)?\s*€?")


@dataclass(frozen=True, slots=True)
class Discordance:
    """A document that is not what its tables give: box, name, what differs, in French."""

    cle: Cle
    dit: str


def verify_documents(
    maison: Maison, publication: Publication, metiers: Sequence[Metier]
) -> Iterator[Discordance]:
    """What does not agree, by box and name. It is this engine that made the publication."""
    with maison.moteur.connect() as connexion:
        remis = read_remises_publiees(connexion, publication.numero)
        dessins = read_dessins_publies(connexion, publication.numero)
        purges = read_purges(connexion).keys()
    donnes = remis | dessins
    publies = read_table_publiee(maison, "depots", publication.numero).collect().sort("depot")
    with open_veille(maison, publication) as veille:
        instant = datetime.fromisoformat(publication.publie_le)
        nuit = _settle(read_nuit(veille, publication.date_arrete, metiers, instant), publies)
        dus = {remise.cle: remise.sha256 for remise in compose_remises(veille, nuit, metiers)}
        for cle in sorted(donnes.keys() | dus.keys()):
            if donnes.get(cle) in purges:
                continue
            if dit := _compare(maison, veille.archive, cle, donnes.get(cle), dus.get(cle)):
                yield Discordance(cle, dit)
    for cle, sha256 in sorted(dessins.items()):
        if cle in remis and not {sha256, remis[cle]} & purges:
            octets = parse_dessin(maison.archive.read(sha256)).draw()
            if fingerprint(octets) != remis[cle]:
                yield Discordance(cle, "dessiné de nouveau, il n'a pas les mêmes octets")


def _settle(nuit: Nuit, publies: pl.DataFrame) -> Nuit:
    """The same night without the deposits that came since."""
    connus = frozenset(publies["depot"])
    return replace(
        nuit,
        depots=publies,
        journal=tuple(depot for depot in nuit.journal if depot.depot in connus),
        anomalies=nuit.anomalies.filter(pl.col("depot").is_in(sorted(connus))),
    )


def _compare(
    maison: Maison, archive: Archive, cle: Cle, donne: str | None, du: str | None
) -> str | None:
    """What differs between what was given and what is due; None when nothing does."""
    if donne == du:
        return None
    if donne is None:  # given before, under the same name and with the same content
        with maison.moteur.connect() as connexion:
            deja = has_content(connexion, cle, du or "")
        return None if deja else "les tables le donnent, il n'a pas été remis"
    if du is None:
        return "aucune table ne le donne"
    return describe_difference(archive.read(donne), archive.read(du))


def describe_difference(donne: bytes, du: bytes) -> str:
    """The first value that differs: where it is, and what both are when these are amounts."""
    avant, apres = (dict(_list_values(octets)) for octets in (donne, du))
    ecarts = (ou for ou in {**avant, **apres} if avant.get(ou) != apres.get(ou))
    ou = next(ecarts, "")
    valeurs = avant.get(ou, ""), apres.get(ou, "")
    if all(map(MONTANT.fullmatch, valeurs)):
        return f"{ou} : {valeurs[0]} au lieu de {valeurs[1]}"
    return f"{ou} n'est pas ce que les tables donnent".strip()


def _list_values(octets: bytes) -> Iterator[tuple[str, str]]:
    """Every value of a document, by its place: of a drawing, or line by line."""
    try:
        yield from _walk("", json.loads(octets))
    except ValueError:
        for rang, ligne in enumerate(octets.decode("utf-8", "replace").splitlines(), start=1):
            mots = re.split(r"[;<>]", ligne)
            yield from ((f"ligne {rang}, valeur {n}", mot) for n, mot in enumerate(mots, start=1))


def _walk(ou: str, valeur: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what JSON holds
    if isinstance(valeur, Mapping):
        for nom, dessous in valeur.items():
            yield from _walk(f"{ou}.{nom}" if ou else nom, dessous)
    elif isinstance(valeur, list):
        for rang, dessous in enumerate(valeur, start=1):
            yield from _walk(f"{ou}[{rang}]", dessous)
    else:
        yield ou, str(valeur)
