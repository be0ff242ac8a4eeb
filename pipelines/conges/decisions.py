"""What officers decide of leave: a certificate that goes first, a compensation, a leave undone.

Source: choices X-06 (certificates), L-53 (compensation), L-36 to L-38 (a paid leave is cancelled).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.conges.effets import tell_effet
from pipelines.conges.regles.acquisition.connu import SCHEMAS
from pipelines.conges.saisies import SAISIE_CONGES
from pipelines.echanges.etapes import list_en_vigueur, read_of
from pipelines.heritiers import HERITIERS
from specs.contrats import codes_of
from warehouse.decisions import Nature, is_texte, read_en_vigueur
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

PRIORITE_CERTIFICAT, COMPENSATION, ANNULATION, RENONCIATION = codes_of(
    "decisions", "nature", "PRIORITE_CERTIFICAT", "COMPENSATION_CONGES", "ANNULATION_CONGES",
    "RENONCIATION_FRACTIONNEMENT",
)  # fmt: skip
GENRE, CHAMP, DEMANDE = "CERT", "cert_ref", "demande"
DMC, DECES = "DMC", "DC"
DEMANDES = pl.Schema({"siren": pl.String, "demande": pl.String, "effet": pl.Date})


class DemandeInconnue(LookupError):  # noqa: N818 - named in French
    """The company has no request in force of this reference."""


class CertificatInconnu(LookupError):  # noqa: N818 - named in French
    """The company has no certificate in force of this reference."""


def read_priorites(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """siren, cert_ref of the certificates put first, up to the decision of this number, or all."""
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion, derniere).filter(nature=PRIORITE_CERTIFICAT)
    lignes = [
        (siren, json.loads(contenu)[CHAMP])
        for siren, contenu in prises.select("siren", "contenu").iter_rows()
    ]
    return pl.DataFrame(lignes, SCHEMAS["priorites"], orient="row").unique().sort(pl.all())


def read_compensations(maison: Maison, derniere: int | None, jour: date) -> pl.DataFrame:
    """siren, demande, effet of the compensations that are accepted on a day, heirs named or not."""
    acceptees = [_read_demandes(maison, derniere, n) for n in (COMPENSATION, HERITIERS)]
    prises = pl.concat(acceptees).group_by("siren", "demande").agg(pl.col("effet").min())
    return prises.filter(pl.col("effet") <= jour).sort("siren", "demande")


def read_annulations(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """siren, demande of the leaves that are undone, paid or not."""
    return _read_demandes(maison, derniere, ANNULATION).select("siren", "demande")


def read_renonciations(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """siren, demande of the leaves whose employee gave up the days of splitting in writing."""
    return _read_demandes(maison, derniere, RENONCIATION).select("siren", "demande")


def _read_demandes(maison: Maison, derniere: int | None, nature: str) -> pl.DataFrame:
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion, derniere).filter(nature=nature)
    lignes = [
        (siren, json.loads(contenu)[DEMANDE], effet)
        for siren, contenu, effet in prises.select("siren", "contenu", "date_effet").iter_rows()
    ]
    lues = pl.DataFrame(lignes, DEMANDES, orient="row")
    return lues.group_by("siren", "demande").agg(pl.col("effet").min()).sort("siren", "demande")


def compose_demande(
    maison: Maison, nature: str, siren: str, reference: str
) -> tuple[dict[str, Any], str]:
    """Arguments of the decision about a request of a company, by its reference; its effect, told.

    Raises:
        DemandeInconnue: the company has none in force of this reference, and none that was paid;
            or it is for the heirs, whom another decision names.
    """
    jugees = (
        read_table_publiee(maison, "demandes_conges")
        .filter(pl.col("siren") == siren, demande=reference)
        .collect()
    )
    try:
        _, raison = read_demande(maison, siren, reference)
    except DemandeInconnue:
        if jugees.is_empty():
            raise
        raison = None
    if nature == COMPENSATION and raison == DECES:
        raise DemandeInconnue("demande : le salarié est décédé (caisse decider heritiers)")
    effet = tell_effet(maison, nature, jugees)
    return {"siren": siren, "contenu": {DEMANDE: reference}}, effet


def read_demande(maison: Maison, siren: str, reference: str) -> tuple[str, str | None]:
    """Nature and reason (of a compensation) of a request in force.

    Raises:
        DemandeInconnue: the company has none of this reference.
    """
    siennes = list_en_vigueur(maison, DMC).filter(pl.col("siren") == siren, cle=reference).collect()
    dites = read_of(maison, "demandes_lues", siennes).join(
        siennes, on=["depot", "rang"], how="semi"
    )
    if dites.is_empty():
        raise DemandeInconnue("demande : aucune de cette référence n'est en vigueur")
    nature, raison = dites.select("nature", "comp_reason").row(0)
    return str(nature), raison


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


def _check_demande(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {DEMANDE} or not all(is_texte(valeur) for valeur in contenu.values()):
        yield "contenu : la référence de la demande est attendue, et elle seule"


NATURES = (
    Nature(
        COMPENSATION,
        "indemnité compensatrice acceptée, justificatif vu",
        frozenset({"siren"}),
        _check_demande,
    ),
    Nature(ANNULATION, "congé annulé", frozenset({"siren"}), _check_demande),
    Nature(
        RENONCIATION,
        "renonciation du salarié aux jours de fractionnement",
        frozenset({"siren"}),
        _check_demande,
    ),
    SAISIE_CONGES,
    Nature(
        PRIORITE_CERTIFICAT,
        "certificat retenu avant les déclarations",
        frozenset({"siren"}),
        _check_contenu,
    ),
)
