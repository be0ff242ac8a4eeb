"""The computation of an indemnity and of a refund, in sentences: documents and explanations.

Each says its article; its figures are those that are published.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.intemperies.documents.mots import NATURES, read_titre
from pipelines.intemperies.documents.valeurs import Compteur, Jour, Part, Salarie, Versement
from pipelines.intemperies.regles.noms import TAUX_CONGES
from specs.montants import PPM
from specs.typographie import (
    format_date,
    format_entier,
    format_euros,
    format_heures,
    format_montant,
    format_taux,
)

DIX_MILLIEMES = 10_000


def format_salaire(dix_milliemes: int) -> str:
    """155000 -> « 15,5000 € »."""
    euros, reste = divmod(dix_milliemes, DIX_MILLIEMES)
    return f"{format_entier(euros)},{reste:04d} €"


def format_heure(heure: str) -> str:
    """« 0730 » -> « 7 h 30 »."""
    chiffres = heure.replace(":", "")
    return f"{int(chiffres[:2])}\u00a0h\u00a0{chiffres[2:]}" if chiffres.isdigit() else heure


def format_nombre(centiemes: int) -> str:
    """Hundredths of a daily indemnity, without decimals when it is whole."""
    entier, reste = divmod(centiemes, 100)
    return format_montant(centiemes) if reste else format_entier(entier)


def tell_indemnite(part: Part, *, plafonne: bool) -> str:
    """What an employee is due for a part of a declaration."""
    quand = f"Année {part.annee}, campagne {part.campagne}"
    if part.indemnite_calculee_centimes is None or part.salaire_horaire is None:
        return f"{quand} : en attente ({part.manque})."
    limite = ", plafonné à 120 % du plafond horaire de la sécurité sociale (D5424-16)"
    return (
        f"{quand} : trois quarts du salaire horaire, {format_salaire(part.salaire_horaire)}"
        f"{limite if plafonne else ''}, pendant {format_heures(part.indemnisees_centiemes)} ="
        f" {format_euros(part.indemnite_calculee_centimes)} (Code du travail, D5424-13)."
    )


def tell_heures(salarie: Salarie) -> Iterator[str]:
    """What of the lost hours is not indemnified, and why."""
    perdues = sum(jour.perdues_centiemes for jour in salarie.jours)
    carence = sum(jour.carence_centiemes for jour in salarie.jours)
    indemnisees = sum(jour.indemnisees_centiemes for jour in salarie.jours)
    yield (
        f"{format_heures(perdues)} perdues, moins {format_heures(carence)} de carence :"
        " la première heure de la semaine ou de l'arrêt n'est pas indemnisée (D5424-12)."
        if carence
        else f"{format_heures(perdues)} perdues, sans heure de carence : elle est déjà prise."
    )
    if perdues - carence > indemnisees:
        yield (
            f"{format_heures(perdues - carence - indemnisees)} au-delà des limites : 9 heures par"
            " jour, 45 par semaine (D5424-13), 55 indemnités journalières par an (D5424-14)."
        )


def tell_compteur(compteur: Compteur) -> str:
    """What is used and left of the 55 of a calendar year."""
    utilisees = format_nombre(compteur.indemnites_journalieres_centiemes)
    ici = format_nombre(compteur.indemnites_entreprise_centiemes)
    restantes = format_nombre(compteur.restantes_centiemes)
    return (
        f"En {compteur.annee} : {utilisees} indemnités journalières chez tous les employeurs, dont"
        f" {ici} dans l'entreprise ; il en reste {restantes} sur 55 (D5424-14)."
    )


def tell_conges(part: Part) -> str:
    """What the hours give for leave."""
    heures = format_heures(part.heures_conges_centiemes)
    if part.cotisation_conges_centimes is None:
        return f"{heures} comptent pour les congés."
    return (
        f"{heures} comptent pour les congés ; leur cotisation,"
        f" {format_euros(part.cotisation_conges_centimes)}, est à la charge du régime."
    )


def tell_base(part: Part) -> Iterator[str]:
    """What of the indemnity is refunded, and its first hours."""
    if part.indemnite_retenue_centimes is None or part.remboursable_centimes is None:
        return
    if part.indemnite_retenue_centimes != part.indemnite_calculee_centimes:
        yield (
            "L'indemnité versée est inférieure à celle qui est due : elle est la base du"
            f" remboursement, {format_euros(part.indemnite_retenue_centimes)} (D5424-25)."
        )
    if part.remboursable_centimes != part.indemnite_retenue_centimes:
        yield (
            "Seule la part déclarée à temps est remboursée :"
            f" {format_euros(part.remboursable_centimes)}."
        )


def _tell_wait(part: Part) -> str:
    """What a refund waits for: dated values (I-39), else the first month of wages (I-31)."""
    valeurs = [nom for nom in (part.manque or "").split(", ") if nom not in {"", TAUX_CONGES}]
    if valeurs:
        return f"Remboursement en attente : il manque {', '.join(valeurs)}."
    return (
        "Remboursement en attente : aucun mois de salaires de la campagne n'est connu. Il faut"
        " d'abord la DSN du premier, pour chaque établissement."
    )


def tell_refund(part: Part) -> Iterator[str]:
    """The formula of the refund with its figures; nothing while a value is missing."""
    salaires, abattement = part.salaires_retenus_centimes, part.abattement_retenu_centimes
    if (
        salaires is None
        or abattement is None
        or part.diviseur_retenu is None
        or part.remboursement_centimes is None
        or part.remboursable_centimes is None
        or part.remboursable_premieres_centimes is None
    ):
        yield _tell_wait(part)
        return
    sur = "la campagne entière" if part.definitif else "les mois connus, étendus à la campagne"
    s = format_euros(salaires)
    if part.diviseur_retenu != 1:
        s = f"{s} / {part.diviseur_retenu}"
    if salaires <= abattement * part.diviseur_retenu:
        yield (
            f"S = {s} (salaires soumis, {sur}) ne dépasse pas l'abattement A ="
            f" {format_euros(abattement)} : rien n'est remboursé (D5424-25)."
        )
        return
    yield (
        f"C = (S − A) / S, avec S = {s} (salaires soumis, {sur}) et A ="
        f" {format_euros(abattement)} (D5424-25, D5424-36)."
    )
    yield f"Remboursement = {_formula(part)} = {format_euros(part.remboursement_centimes)}."


def _formula(part: Part) -> str:
    premieres = part.remboursable_premieres_centimes or 0
    suivantes = (part.remboursable_centimes or 0) - premieres
    termes = (
        f"({format_taux(part.taux_premieres_ppm or 0)} × {format_euros(premieres)} +"
        f" {format_taux(part.taux_suivantes_ppm or 0)} × {format_euros(suivantes)})"
    )
    canicule = ""
    if part.coefficient_ppm is not None and part.coefficient_ppm != PPM:
        canicule = f" × {format_taux(part.coefficient_ppm)} (canicule)"
    return f"C × {termes}{canicule}"


def tell_versement(versement: Versement) -> str:
    """A row of the refund, with the transfer that pays it."""
    nature = NATURES[versement.nature]
    vire = ""
    if versement.reglement and versement.date_execution:
        vire = f", virement {versement.reglement} du {format_date(versement.date_execution)}"
    return (
        f"{nature.capitalize()}, {format_date(versement.date_arrete)} :"
        f" {format_euros(versement.montant_centimes)}{vire}."
    )


def tell_codes(jour: Jour) -> str:
    """What was found of a day, in the words of the messages."""
    return ", ".join(read_titre(code) for code in jour.codes)
