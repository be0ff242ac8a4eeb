"""Bad weather in plain words, to the employee who was stopped; nothing of what his company gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.explications.lecture import Lecteur
from pipelines.explications.recits import name_employeur, under, write_tarif
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from pipelines.intemperies.documents.mots import read_cause
from pipelines.intemperies.documents.phrases import format_heure, format_nombre
from pipelines.intemperies.explications.demandes import read_indemnite
from pipelines.intemperies.explications.valeurs import Indemnite
from specs.connaissances import read_connaissances
from specs.periodes import Mois
from specs.typographie import (
    format_compte,
    format_date,
    format_duree,
    format_euros,
    format_periode,
    format_taux,
    printable,
)

INDEMNITE = "INDEMNITE_INTEMPERIES"
SOURCE = (
    "Des heures et du salaire horaire que {} a déclarés à la caisse pour cet arrêt. Une erreur ?"
    " Parlez-en à votre employeur."
)
SIX = 6  # sentences that a page shows without being asked


def tell_indemnite(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """The stop, the hours day by day, the computation, what it gives to leave."""
    i = read_indemnite(lecteur, rangee)
    due = rangee["indemnite_calculee_centimes"]
    employeur = name_employeur(lecteur, rangee["siren"])
    mois = f"Intempéries, arrêt du {format_date(rangee['premier_jour'])}"
    yield f"{mois} : {'montant pas encore connu' if due is None else format_euros(due)}"
    yield (
        "Quand le mauvais temps arrête le chantier, une partie de vos heures perdues est payée."
        f" C'est {employeur} qui vous verse cette indemnité, avec votre paie. La caisse en vérifie"
        " le calcul."
    )
    yield from tell_section("L'arrêt", map(_tell_stop, i.arrets))
    yield from tell_section("Vos heures perdues", _tell_hours(i))
    yield from tell_section("Le calcul", _tell_amount(i))
    yield from tell_section("Et pour vos congés", _tell_leave(rangee))
    yield from tell_section("D'où viennent ces chiffres ?", [SOURCE.format(employeur)])


def _tell_stop(arret: Rangee) -> str:
    return (
        f"Chantier {printable(arret['chantier'])} ({arret['departement']}) :"
        f" {read_cause(arret['cause']).lower()}. Arrêté le {format_date(arret['debut'])} à"
        f" {format_heure(arret['debut_heure'])}, repris le {format_date(arret['reprise'])} à"
        f" {format_heure(arret['reprise_heure'])}."
    )


def _tell_hours(i: Indemnite) -> Iterator[str]:
    yield from map(_tell_day, i.jours)
    if any(jour["carence_centiemes"] for jour in i.jours):
        yield (
            "L'heure de carence est la première heure perdue d'un arrêt ou d'une semaine : la loi"
            " ne la paie pas."
        )
    if any(_cut(jour) for jour in i.jours):
        yield (
            "La loi limite les heures payées : 9 heures par jour, 45 par semaine, 55 journées par"
            " an."
        )


def _cut(jour: Rangee) -> bool:
    restent = jour["perdues_centiemes"] - jour["carence_centiemes"]
    return bool(restent > jour["indemnisees_centiemes"])


def _tell_day(jour: Rangee) -> str:
    carence = jour["carence_centiemes"]
    moins = f", moins {format_duree(carence)} de carence" if carence else ""
    payees = jour["indemnisees_centiemes"]
    return (
        f"{format_date(jour['date'])} : {format_duree(jour['perdues_centiemes'])} perdues{moins} :"
        f" {format_duree(payees)} {'payées' if payees >= 200 else 'payée'}."  # noqa: PLR2004 - two
    )


def _tell_amount(i: Indemnite) -> Iterator[str]:
    part = i.part
    taux = read_connaissances().baremes[INDEMNITE].find("taux_ppm", Mois(part["annee"], 1))
    if part["indemnite_calculee_centimes"] is None or part["salaire_horaire"] is None or not taux:
        yield "Il manque encore une valeur pour le faire : revenez dans quelques jours."
        return
    yield f"Une heure est payée {format_taux(taux)} de votre salaire horaire."
    yield (
        f"{format_duree(part['indemnisees_centiemes'])} \u00d7"
        f" {write_tarif(part['salaire_horaire'])}"
        f" \u00d7 {format_taux(taux)} = {format_euros(part['indemnite_calculee_centimes'])}."
    )
    if i.plafonne:
        yield "Votre salaire horaire dépasse la limite de la loi : c'est la limite qui est comptée."


def _tell_leave(rangee: Rangee) -> Iterator[str]:
    heures = rangee["heures_conges_centiemes"]
    if heures:
        yield (
            f"Ces heures vous aident aussi à gagner des jours de congé : elles y comptent pour"
            f" {format_duree(heures)} de travail."
        )


def tell_compteur(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """What is used of the days of a year, in this company and in all; then each day."""
    annee, employeur = rangee["annee"], name_employeur(lecteur, rangee["siren"])
    utilisees = format_nombre(rangee["indemnites_journalieres_centiemes"])
    yield (
        f"Intempéries de {annee} : {utilisees} journées payées, il en reste"
        f" {format_nombre(rangee['restantes_centiemes'])}"
    )
    yield (
        "La loi limite à 55 par année le nombre de journées d'intempéries payées, tous vos"
        " employeurs ensemble. Une journée se compte d'après les heures payées."
    )
    yield from tell_section(f"Chez {employeur}", _tell_totals(rangee))
    siens = [pl.col(nom) == rangee[nom] for nom in ("siren", "salarie")]
    jours = lecteur.read("jours_intemperies", *siens, pl.col("date").dt.year() == annee).collect()
    yield from tell_section(
        "Jour par jour", _tell_days(jours.sort("date", "declaration").to_dicts())
    )


def _tell_totals(cumul: Rangee) -> Iterator[str]:
    yield (
        f"{format_duree(cumul['perdues_centiemes'])} perdues, dont"
        f" {format_duree(cumul['carence_centiemes'])} de carence (la première heure de chaque"
        " arrêt,"
        " que la loi ne paie pas)."
    )
    yield (
        f"{format_duree(cumul['indemnisees_centiemes'])} payées :"
        f" {format_euros(cumul['indemnite_centimes'])} en tout, versés par l'employeur avec la"
        " paie."
    )


def _tell_days(jours: Sequence[Rangee]) -> Iterator[str]:
    if len(jours) <= SIX:
        yield from map(_tell_day, jours)
    else:
        premier, dernier = jours[0]["date"], jours[-1]["date"]
        yield f"{format_compte(len(jours), 'jour')}, {format_periode(premier, dernier)} :"
        yield from under(*map(_tell_day, jours))
