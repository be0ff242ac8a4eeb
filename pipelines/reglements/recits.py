"""A transfer to an employee in plain words: what it pays, where it is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.dus import without_heritier
from pipelines.explications.lecture import Lecteur
from pipelines.explications.recits import write_mot
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.contrats import codes_of
from specs.typographie import format_date, format_euros, format_periode

REJE, RETO = codes_of("reglements", "etat", "REJE", "RETO")


def tell_reglement(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """Its amount and day, its state, the leaves that it pays."""
    etat = write_mot("reglements", rangee["etat"])
    jour = format_date(rangee["date_execution"])
    yield f"Virement de {format_euros(rangee['montant_centimes'])}, {jour} : {etat}"
    yield (
        "La caisse demande ce virement à sa banque. Il arrive sur votre compte ce jour-là, ou le"
        " lendemain."
    )
    if rangee["etat"] in (REJE, RETO):
        yield (
            "L'argent n'est pas perdu : la caisse le virera de nouveau. Vérifiez avec votre"
            " employeur"
            " que votre RIB est le bon."
        )
    dus = lecteur.read("reglements_dus", pl.col("reglement") == rangee["reglement"])
    payes = dus.with_columns(decompte=without_heritier(pl.col("du"))).join(
        lecteur.read("decomptes", pl.col("salarie") == rangee["salarie"]).drop("siren"),
        on="decompte",
    )
    lignes = payes.collect().sort("debut", "decompte").to_dicts()
    yield from tell_section("Ce qu'il paie", map(_tell_due, lignes))


def _tell_due(ligne: Rangee) -> str:
    quoi = "congé" if ligne["montant_centimes"] >= 0 else "reprise d'un congé"
    periode = format_periode(ligne["debut"], ligne["fin"])
    return f"{format_euros(ligne['montant_centimes'])} : {quoi} {periode}."
