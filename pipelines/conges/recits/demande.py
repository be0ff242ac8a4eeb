"""A request of leave in plain words: what became of it, and why."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.conges.documents.phrases import describe_periode
from pipelines.conges.documents.refus_pdf import AUTRE, RAISONS
from pipelines.explications.lecture import Lecteur
from pipelines.explications.recits import name_employeur
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.contrats import codes_of
from specs.salarie import read_mots
from specs.typographie import format_date, format_jours, format_periode

REFUSEE, EN_ATTENTE = codes_of("demandes_conges", "etat", "REFUSEE", "EN_ATTENTE")
COMPENSATRICE = "CO"
DEPART = (
    "La caisse doit d'abord vérifier que vous quittez la profession : elle attend un justificatif."
)
ATTENTES = {
    "D101": "Votre employeur n'a pas encore tout déclaré pour l'année de ces congés.",
    "D103": "La caisse ne sait pas encore si vous avez droit à ces jours de fractionnement.",
    "D112": "La caisse n'a pas de compte bancaire à votre nom. Donnez votre RIB à votre employeur.",
    "D113": (
        "Votre employeur n'a pas tout réglé à la caisse : une partie du congé est payée, le reste"
        " suivra."
    ),
}
ATTENTE = (
    "Il manque quelque chose, que votre employeur doit envoyer ou que la caisse doit vérifier."
)


def tell_demande(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """Who asked it, its days, what became of it and why, what was taken for it."""
    etat = read_mots()["demandes"][rangee["etat"]]
    dates = rangee["debut"], rangee["fin"]
    quand = "" if None in dates else f", {format_periode(*dates)}"
    yield f"{read_mots()['natures'].get(rangee['nature'], 'Congé')}{quand} : {etat.lower()}"
    employeur = name_employeur(lecteur, rangee["siren"])
    yield f"{employeur} a demandé ce congé à la caisse pour vous."
    if rangee["reprise"]:
        yield (
            f"Retour au travail le {format_date(rangee['reprise'])}, soit"
            f" {format_jours(rangee['jours_centiemes'])} du lundi au samedi, sans les jours fériés."
        )
    titre = "Pourquoi ?" if rangee["etat"] in (REFUSEE, EN_ATTENTE) else "Ce qui manque"
    yield from tell_section(titre, _tell_why(rangee))
    prises = lecteur.read(
        "prises_conges",
        pl.col("salarie") == rangee["salarie"],
        pl.col("siren") == rangee["siren"],
        pl.col("demande") == rangee["demande"],
    ).collect()
    yield from tell_section(
        "Les jours pris", map(_tell_taking, prises.sort("ordre", "sens").to_dicts())
    )


def _tell_why(rangee: Rangee) -> Iterator[str]:
    codes = (rangee["motif"] or "").split()
    if rangee["etat"] == REFUSEE:
        for titre, remede in dict.fromkeys(RAISONS.get(code, AUTRE) for code in codes):
            yield f"{titre}. {remede}"
        yield "Un refus ne vous fait perdre aucun jour."
    elif rangee["etat"] == EN_ATTENTE:
        propres = {"D101": DEPART} if rangee["nature"] == COMPENSATRICE else {}
        dits = ATTENTES | propres
        yield from dict.fromkeys(dits.get(code, ATTENTE) for code in codes or [""])
    else:
        yield from dict.fromkeys(ATTENTES[code] for code in codes if code in ATTENTES)


def _tell_taking(prise: Rangee) -> str:
    nom = read_mots()["compteurs"][prise["compteur"]]["nom"]
    rendus = ", rendus" if prise["sens"] < 0 else ""
    jours = format_jours(abs(prise["jours_centiemes"]))
    return f"{nom} : {jours}{rendus}, gagnés {describe_periode(prise['exercice'])}."
