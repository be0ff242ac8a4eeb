"""A certificate of leave in plain words: what one company declared of a year."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from pipelines.conges.documents.phrases import (
    format_temps,
)
from pipelines.conges.explications.certificats import compose_certificat
from pipelines.conges.explications.demandes import find_in_force
from pipelines.conges.explications.lecture import open_dossier
from pipelines.conges.explications.valeurs import Certificat
from pipelines.conges.recits.declares import tell_missing, tell_months
from pipelines.explications.lecture import Lecteur
from pipelines.explications.recits import join_mots, name_employeur
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.dsn import VERSIONS, read_norme
from specs.typographie import (
    format_compte,
    format_euros,
    format_jours,
    format_mois,
    format_periode,
    printable,
)

NATURES = {
    "travail": "de travail",
    "accident": "d'accident du travail, qui comptent comme du travail",
    "maternite": "de maternité ou paternité, qui comptent comme du travail",
    "maladie": "de maladie",
    "conge": "de congé payé par la caisse",
    "non_compte": "qui ne comptent pas",
}
NATURES_DITES = {
    "INTERMEDIAIRE": "provisoire : l'année n'est pas finie, il changera",
    "DEFINITIF": "définitif : toute l'année est déclarée",
    "FIN": "celui de la fin de votre contrat",
    "RECTIFICATIF": "corrigé : il remplace celui d'avant",
}
COMPTES = {
    "A": "compte comme du travail",
    "N": "compte comme du travail",
    "T": "compte comme du travail",
    "I": "compte comme du travail",
    "M": "compte en partie : deux jours de congé par mois d'arrêt",
    "P": "est un congé payé",
}
RUBRIQUES = {"ARRET": "S21.G00.60.001", "SUSPENSION": "S21.G00.65.001"}


def tell_certificat(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """What it is, its time, its wages, its last whole pay, the leave already paid."""
    alors, ligne = find_in_force(lecteur, rangee)
    c = compose_certificat(open_dossier(alors, ligne["salarie"]), ligne, None)
    employeur = name_employeur(lecteur, ligne["siren"])
    yield f"{employeur}, {format_periode(ligne['debut'], ligne['fin'])}"
    yield (
        f"{format_temps(ligne['mois_travail_fractions'])} de travail,"
        f" {format_euros(ligne['brut_centimes'])} de salaires avant retenues."
    )
    yield (
        "Un certificat de congés additionne ce qu'un employeur a déclaré de vous à la caisse, mois"
        " par mois. La caisse en tire vos jours de congé et leur prix."
    )
    yield f"Ce certificat est {NATURES_DITES[ligne['nature']]}."
    yield from tell_missing(ligne["mois_manquants"], employeur)
    yield from tell_section("Votre temps, mois par mois", _tell_time(c))
    yield from tell_section("Vos absences", map(_tell_absence, c.absences))
    yield from tell_section("Vos salaires et vos heures", tell_months(c))
    yield from tell_section("Votre dernière paie d'un mois entier", _tell_pay(c))
    yield from tell_section(
        "Les congés payés pendant cette période", map(_tell_before, c.precedents)
    )


def _tell_time(c: Certificat) -> Iterator[str]:
    for mois in c.mois:
        parts = [
            f"{format_compte(mois[nom], 'jour')} {sens}"
            for nom, sens in NATURES.items()
            if mois[nom]
        ]
        if parts:
            quand = format_mois(mois["mois"])
            yield f"{quand} : {join_mots(parts)}, sur {mois['du_mois']} (dimanches exclus)."
    total = format_temps(c.certificat["mois_travail_fractions"])
    yield f"En tout : {total} de travail. Chaque jour compte pour sa part du mois."


def _tell_absence(absence: Rangee) -> str:
    motif = name_motif(absence["nature"], absence["motif_absence"])
    compte = COMPTES.get(absence["compte"], "ne compte pas")
    periode = format_periode(absence["debut"], absence["fin"])
    return f"{periode} : {motif}. Pour vos congés, cela {compte}."


@cache
def name_motif(nature: str, code: str) -> str:
    """What an absence is, as the norm names it; its code when it does not."""
    norme = read_norme(VERSIONS[-1])
    rubrique = norme.rubriques.row(by_predicate=pl.col("rubrique") == RUBRIQUES[nature], named=True)
    dits = norme.codes.filter(pl.col("liste") == rubrique["liste"], pl.col("code") == code)
    return str(dits["libelle"][0]).lower() if dits.height else f"absence {printable(code)}"


def _tell_pay(c: Certificat) -> Iterator[str]:
    r, mois = c.certificat["r_centimes"], c.certificat["r_mois"]
    if r is None:
        yield (
            "Aucun mois entier sans absence n'est connu : l'indemnité se calcule alors sur le"
            " dixième de vos salaires."
        )
    else:
        quand = f", {format_mois(mois)}" if mois else ""
        yield (
            f"{format_euros(r)}{quand}. C'est la paie qui sert au calcul « comme si vous aviez"
            " travaillé »."
        )


def _tell_before(paye: Rangee) -> str:
    return (
        f"{format_periode(paye['debut'], paye['fin'])} :"
        f" {format_jours(paye['jours_legaux_centiemes'])},"
        f" {format_euros(paye['indemnite_centimes'])}."
    )
