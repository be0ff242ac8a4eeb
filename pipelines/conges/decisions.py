"""What officers decide of certificates: one goes before the DSN of the same months (X-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.conges.regles.acquisition.connu import SCHEMAS
from pipelines.echanges.etapes import list_en_vigueur
from specs.contrats import codes_of
from warehouse.decisions import Nature, is_texte, read_decisions
from warehouse.maison import Maison

(PRIORITE_CERTIFICAT,) = codes_of("decisions", "nature", "PRIORITE_CERTIFICAT")
GENRE, CHAMP = "CERT", "cert_ref"


class CertificatInconnu(LookupError):  # noqa: N818 - named in French
    """The company has no certificate in force of this reference."""


def read_priorites(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """siren, cert_ref of the certificates put first, up to the decision of this number, or all."""
    with maison.moteur.connect() as connexion:
        prises = read_decisions(connexion, derniere).filter(nature=PRIORITE_CERTIFICAT)
    lignes = [
        (siren, json.loads(contenu)[CHAMP])
        for siren, contenu in prises.select("siren", "contenu").iter_rows()
    ]
    return pl.DataFrame(lignes, SCHEMAS["priorites"], orient="row").unique().sort(pl.all())


def compose_priorite(maison: Maison, siren: str, reference: str) -> dict[str, Any]:
    """Arguments of the decision about a certificate of a company, by its reference.

    Raises:
        CertificatInconnu: the company has none in force of this reference.
    """
    siens = list_en_vigueur(maison, GENRE).filter(pl.col("siren") == siren, cle=reference)
    if siens.collect().is_empty():
        raise CertificatInconnu("certificat : aucun de cette référence n'est en vigueur")
    return {"siren": siren, "contenu": {CHAMP: reference}}


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {CHAMP} or not all(is_texte(valeur) for valeur in contenu.values()):
        yield "contenu : la référence du certificat est attendue, et elle seule"


NATURES = (
    Nature(
        PRIORITE_CERTIFICAT,
        "certificat retenu avant les déclarations",
        frozenset({"siren"}),
        _check_contenu,
    ),
)
