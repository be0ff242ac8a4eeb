"""What companies declared of an employee, month by month: where amounts of leave come from."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.explications.certificats import compose_certificat
from pipelines.conges.explications.lecture import Dossier
from pipelines.conges.explications.valeurs import Certificat
from pipelines.explications.recits import name_employeur, under
from pipelines.explications.valeurs import Rangee
from specs.typographie import (
    format_compte,
    format_duree,
    format_euros,
    format_mois,
    format_periode,
)


def tell_declared(dossier: Dossier, certificat: Rangee) -> Iterator[str]:
    """The wages and hours of a certificate, then of each of its months."""
    employeur = name_employeur(dossier.lecteur, certificat["siren"])
    yield (
        f"{employeur}, {format_periode(certificat['debut'], certificat['fin'])} :"
        f" {format_euros(certificat['brut_centimes'])} de salaires avant retenues,"
        f" {format_duree(certificat['heures_centiemes'])} de travail. Mois par mois :"
    )
    yield from under(*tell_months(compose_certificat(dossier, certificat, None)))


def tell_months(certificat: Certificat) -> Iterator[str]:
    """« avril 2025 : 2 450,00 €, 130 h de travail »; then what came by a certificate."""
    for mois in sorted({ligne["mois"] for ligne in (*certificat.bases, *certificat.heures)}):
        bases = [ligne["quantite"] for ligne in certificat.bases if ligne["mois"] == mois]
        dites = [ligne for ligne in certificat.heures if ligne["mois"] == mois]
        parts = [f"{format_euros(sum(bases))} de salaire"]
        for partielle, quoi in ((False, "de travail"), (True, "d'activité partielle")):
            heures = sum(h["mesure_centiemes"] or 0 for h in dites if h["partielle"] == partielle)
            if heures:
                parts.append(f"{format_duree(heures)} {quoi}")
        yield f"{format_mois(mois)} : {', '.join(parts)}."
    for lu in certificat.lus:
        yield (
            f"{format_periode(lu['debut'], lu['fin'])}, d'après un certificat de l'employeur :"
            f" {format_euros(lu['brut'])} de salaires, {format_duree(lu['heures'])} de travail."
        )


def tell_missing(manquants: str | None, employeur: str) -> Iterator[str]:
    """The months that no declaration covers, and whom to ask."""
    if manquants:
        mois = manquants.split()
        yield (
            f"Il manque {format_compte(len(mois), 'mois')} :"
            f" {', '.join(map(format_mois, mois))}. {employeur} ne les a pas déclarés, et ils ne"
            " vous donnent rien pour l'instant. Demandez-lui de le faire."
        )
