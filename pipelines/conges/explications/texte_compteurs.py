"""The counters of a right: what each gave, for which reason, and what was taken of it."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.phrases import (
    COMPTEURS,
    format_bornes,
    format_nombre,
)
from pipelines.conges.explications.calcul import cite
from pipelines.conges.explications.valeurs import Droit
from pipelines.explications.valeurs import Rangee
from specs.connaissances import Connaissances
from specs.typographie import format_compte, format_date, format_jours, printable

UNITES = {"01": "jours", "02": "mois", "03": "ans"}  # S21.G00.86.002
ANCIENNETES = {"O": "ouvrier_1_annees", "E": "etam_1_annees", "C": "etam_1_annees"}
# The dated value whose source says why a counter has its days.
SOURCES = {
    "PRINCIPAL": ("ACQUISITION_CONGES", "jours_principal"),
    "CINQUIEME": ("ACQUISITION_CONGES", "jours_principal"),
    "ENFANTS": ("ENFANTS_CONGES", "jours"),
    "ANCIENNETE": ("ANCIENNETE_CONGES", "ouvrier_1_annees"),
    "FRACTIONNEMENT": ("FRACTIONNEMENT_CONGES", "jours_continus"),
    "REPORT": ("REPORT_CONGES", "mois"),
}


def tell_counters(d: Droit, savoir: Connaissances) -> Iterator[str]:
    """Each counter, in the order of a request, then its takings."""
    for compteur in sorted(d.compteurs, key=lambda c: list(COMPTEURS).index(c["compteur"])):
        nom = compteur["compteur"]
        libelle = COMPTEURS[nom]
        fin = f", jusqu'au {format_date(compteur['fin'])}" if compteur["fin"] else ""
        yield (
            f"{libelle[:1].upper()}{libelle[1:]} : {format_nombre(compteur['acquis_centiemes'])}"
            f" acquis, {format_nombre(compteur['pris_centiemes'])} pris,"
            f" {format_nombre(compteur['reste_centiemes'])} restants{fin}"
            f"{_reason(d, savoir, compteur)}."
        )
        yield from (_tell_taking(prise) for prise in d.prises if prise["compteur"] == nom)


def _reason(d: Droit, savoir: Connaissances, compteur: Rangee) -> str:
    """Why that many days, with the source."""
    nom = compteur["compteur"]
    source = cite(d, savoir, *SOURCES[nom])
    if nom == "ANCIENNETE":
        source = cite(d, savoir, "ANCIENNETE_CONGES", ANCIENNETES[d.droit["categorie"]])
        return f" : {_tell_seniority(d.dernier)} ({source})"
    if nom == "ENFANTS":
        enfants = format_compte(d.enfants, "enfant") if d.enfants else "aucun enfant"
        return f" : {enfants} à charge, d'après les certificats ({source})"
    return f" ({source})"


def _tell_seniority(dernier: Rangee) -> str:
    if not dernier.get("present"):
        return "il n'était pas sous contrat le 31 mars"
    dite = dernier.get("anciennete_entreprise")
    if dite is not None:
        unite = UNITES.get(dernier["anciennete_entreprise_unite"], "")
        return f"{dite} {unite} dans l'entreprise, dits par la DSN de mars (S21.G00.86)"
    return f"entré dans l'entreprise le {format_date(dernier['emploi'])}, ou à la date certifiée"


def _tell_taking(prise: Rangee) -> str:
    quand = format_bornes(prise["debut"], prise["fin"]) if prise["debut"] else "sans dates"
    rendus = " rendus" if prise["sens"] < 0 else ""
    return (
        f"  demande {printable(prise['demande'])}, {quand} :"
        f" {format_jours(abs(prise['jours_centiemes']))}{rendus}"
    )
