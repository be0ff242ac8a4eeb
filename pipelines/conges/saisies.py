"""Seizures on the leave of employees, as officers decide them: dated, with the sum left to him.

The last decision about a reference and an employee is the one that holds. Source: choice L-74.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from specs.contrats import codes_of
from specs.typographie import format_euros, format_taux
from warehouse.decisions import Nature, is_texte, read_en_vigueur
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

(SAISIE,) = codes_of("decisions", "nature", "SAISIE_CONGES")
SAISIES = pl.Schema(
    {"salarie": pl.String, "saisie": pl.String, "debut": pl.Date, "fin": pl.Date}
    | {"montant_centimes": pl.Int64, "part_ppm": pl.Int64, "protege_centimes": pl.Int64}
)


class SalarieInconnu(LookupError):  # noqa: N818 - named in French
    """No company declared an employee of this pseudonym."""


@dataclass(frozen=True, slots=True)
class SaisieConges:
    """What is seized of each net, `montant_centimes` or `part_ppm`; `fin`: last day, None: open."""

    saisie: str
    salarie: str
    montant_centimes: int | None
    part_ppm: int | None
    protege_centimes: int
    fin: date | None


def read_saisies(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """SAISIES in force after the decision `derniere` (None: all), by employee and reference."""
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion, derniere).filter(nature=SAISIE)
    lignes = [
        json.loads(contenu) | {"debut": debut}
        for contenu, debut in prises.select("contenu", "date_effet").iter_rows()
    ]
    dites = pl.DataFrame(
        [ligne | {"fin": ligne["fin"] and date.fromisoformat(ligne["fin"])} for ligne in lignes],
        SAISIES,
    )
    cle = ["salarie", "saisie"]
    return dites.unique(cle, keep="last", maintain_order=True).sort(cle)


def compose_saisie(maison: Maison, saisie: SaisieConges) -> tuple[dict[str, Any], str]:
    """Arguments of the decision, and its effect in a sentence.

    Raises:
        SalarieInconnu: no company declared this employee.
    """
    connus = read_table_publiee(maison, "salaries").filter(salarie=saisie.salarie)
    if connus.head(1).collect().is_empty():
        raise SalarieInconnu("salarie : aucun salarié connu de ce pseudonyme (caisse salaries)")
    somme = (
        format_euros(saisie.montant_centimes)
        if saisie.montant_centimes is not None
        else format_taux(saisie.part_ppm or 0)
    )
    fin = f" jusqu'au {saisie.fin:%d/%m/%Y}" if saisie.fin else ""
    effet = (
        f"Retenue de {somme} sur chaque net de congés du salarié{fin}, "
        f"{format_euros(saisie.protege_centimes)} lui restant toujours."
    )
    contenu = asdict(saisie) | {"fin": saisie.fin and str(saisie.fin)}
    return {"siren": None, "contenu": contenu}, effet


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != set(SaisieConges.__dataclass_fields__):
        yield "contenu : la saisie, le salarié, la somme ou la part, la somme protégée et la fin"
        return
    if not (is_texte(contenu["saisie"]) and is_texte(contenu["salarie"])):
        yield "contenu : la saisie et le salarié sont obligatoires"
    if (contenu["montant_centimes"] is None) == (contenu["part_ppm"] is None):
        yield "contenu : une somme ou une part, l'une des deux"
    if contenu["protege_centimes"] < 0:
        yield "contenu : la somme protégée ne peut pas être négative"


SAISIE_CONGES = Nature(SAISIE, "saisie sur les congés d'un salarié", frozenset(), _check_contenu)
