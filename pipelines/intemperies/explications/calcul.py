"""An indemnity and its refund, computed again from what is published of them (pure).

In plain integers, one rounding each: written from the articles, not from the rules of the night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.explications.valeurs import Ecart, Rangee
from specs.connaissances import Connaissances
from specs.montants import PPM, round_half_away
from specs.periodes import Mois

INDEMNITE = "INDEMNITE_INTEMPERIES"
EN_EUROS = 10_000 * 100  # hourly wages in ten-thousandths, hours in hundredths
CENTIMES = 100


def check_indemnite(
    part: Rangee, jours: Sequence[Rangee], savoir: Connaissances
) -> Iterator[Ecart]:
    """What of an indemnity is not found again: hours of its days, wage x hours x three quarters."""
    nom = part["indemnite"] or part["declaration"]
    heures = sum(jour["indemnisees_centiemes"] for jour in jours)
    if heures != part["indemnisees_centiemes"]:
        yield Ecart(nom, "heures", heures, part["indemnisees_centiemes"])
    publiee = part["indemnite_calculee_centimes"]
    if publiee is None:
        return
    taux = savoir.baremes[INDEMNITE].find("taux_ppm", Mois(part["annee"], 1))
    if taux is None or part["salaire_horaire"] is None:
        yield Ecart(nom, "indemnité", None, publiee)
        return
    exacte = part["salaire_horaire"] * heures * taux * CENTIMES
    recalculee = round_half_away(exacte, EN_EUROS * PPM)
    if recalculee != publiee:
        yield Ecart(nom, "indemnité", recalculee, publiee)


def check_refund(part: Rangee, rendus: Sequence[Rangee]) -> Iterator[Ecart]:
    """What of a refund is not found again: its formula, and the rows that were given."""
    nom, publie = part["indemnite"] or part["declaration"], part["remboursement_centimes"]
    if publie is None:
        return
    recalcule = compute_refund(part)
    if recalcule != publie:
        yield Ecart(nom, "remboursement", recalcule, publie)
    verse = sum(ligne["montant_centimes"] for ligne in rendus)
    if rendus and verse > publie:
        yield Ecart(nom, "somme des remboursements", publie, verse)


def compute_refund(part: Rangee) -> int | None:
    """C x (rate of the first hours x theirs + rate of the next x the rest) x k, rounded once."""
    s, a, d = (
        part["salaires_retenus_centimes"],
        part["abattement_retenu_centimes"],
        part["diviseur_retenu"],
    )
    valeurs: list[Any] = [s, a, d, part["remboursable_centimes"], part["coefficient_ppm"]]
    if None in valeurs:
        return None
    if s <= a * d:
        return 0
    premieres = part["remboursable_premieres_centimes"]
    suivantes = part["remboursable_centimes"] - premieres
    base = premieres * part["taux_premieres_ppm"] + suivantes * part["taux_suivantes_ppm"]
    return round_half_away((s - a * d) * base * part["coefficient_ppm"], s * PPM * PPM)


def check_counter(
    cumul: Rangee, jours: Sequence[Rangee], parts: Sequence[Rangee]
) -> Iterator[Ecart]:
    """What of a counter is not the sum of its days and indemnities."""
    nom = cumul["compteur"]
    for champ in ("perdues", "carence", "indemnisees", "premieres"):
        somme = sum(jour[f"{champ}_centiemes"] for jour in jours)
        if somme != cumul[f"{champ}_centiemes"]:
            yield Ecart(nom, "heures", somme, cumul[f"{champ}_centiemes"])
    due = sum(part["indemnite_calculee_centimes"] or 0 for part in parts)
    if due != cumul["indemnite_centimes"]:
        yield Ecart(nom, "indemnités", due, cumul["indemnite_centimes"])
