"""Why each amount of a line of call: sentences in French, the same on the PDF and on the screen.

Every figure of a sentence is on the line or can be found again in the DSN: bases and deposits,
share kept, abatement, rate and its source, the one rounding, what was called before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.cotisations.documents.mots import ABATTEMENT
from pipelines.cotisations.documents.valeurs import Cumul, LigneAppel
from specs.caisse import read_caisse
from specs.montants import PPM, round_half_away
from specs.typographie import (
    format_compte,
    format_entier,
    format_euros,
    format_heures,
    format_mois,
    format_taux,
    printable,
)

DEPOTS_CITES = 4


def explain_ligne(ligne: LigneAppel) -> Iterator[str]:
    """Sentences on the base, the share kept, the abatement, the product and what changes."""
    yield _explain_base(ligne)
    if ligne.estimation_centimes:
        yield f"Dont {format_euros(ligne.estimation_centimes)} estimés, faute de DSN exploitable."
    if ligne.quantite_tdp:
        format_quantite = format_euros if ligne.heures_centiemes is None else format_heures
        part = format_quantite(ligne.quantite_tdp)
        yield f"Dont {part} par télédéclaration de paie (TDP), faute de DSN exploitable."
    if ligne.refaction_ppm != PPM or ligne.coefficient_ppm != PPM:
        yield _explain_refaction(ligne)
    if ligne.cumul is not None:
        yield _explain_cumul(ligne, ligne.cumul)
    yield _explain_montant(ligne)


def explain_taux(ligne: LigneAppel) -> str:
    """The rate of a line, since when it holds and who says so."""
    depuis = f", en vigueur depuis {format_mois(ligne.taux_depuis)}" if ligne.taux_depuis else ""
    source = f" ({printable(ligne.taux_source)})" if ligne.taux_source else ""
    return f"{printable(ligne.libelle)} : {format_taux(ligne.taux_ppm)}{depuis}{source}."


def format_produit(centimes: int, taux_ppm: int) -> str:
    """The exact product in euros, every decimal kept (two at least)."""
    produit = centimes * taux_ppm
    euros, reste = divmod(abs(produit), 100 * PPM)
    signe = "\u2212" if produit < 0 else ""
    decimales = f"{reste:08d}".rstrip("0")
    return f"{signe}{format_entier(euros)},{decimales:0<2}\u202f€"


def _explain_base(ligne: LigneAppel) -> str:
    nom = _name_base(ligne.code_base)
    provenance = describe_provenance(ligne)
    origine = f", {provenance}{_cite_depots(ligne.depots)}" if provenance else ""
    if ligne.heures_centiemes is not None and ligne.deja is None:
        reference = ligne.salaire_reference_centimes
        salaire = f" de {format_euros(reference)}" if reference is not None else ""
        origine += (
            f" : {format_heures(ligne.heures_centiemes)} d'intérim au salaire horaire de"
            f" référence{salaire}"
        )
    if ligne.deja is None:
        return f"{nom}{origine} : {format_euros(ligne.brute_centimes)}."
    total = ligne.deja.base_centimes + ligne.base_centimes
    return (
        f"{nom}{origine} : {format_euros(total)} aujourd'hui,"
        f" {format_euros(ligne.deja.base_centimes)} déjà appelés,"
        f" soit une différence de {format_euros(ligne.base_centimes)}."
    )


def _name_base(code: str | None) -> str:
    """« Base 20 (congés payés) »: the code that the DSN bears, and what it means."""
    if code is None:
        return "Base"
    libelle = read_caisse().libelles_bases.get(code)
    return f"Base {printable(code)}" + (f" ({libelle})" if libelle else "")


def describe_provenance(ligne: LigneAppel) -> str:
    """« 3 salariés, 5 lignes de DSN »: whatever is known of it."""
    comptes = [format_compte(ligne.salaries, "salarié")] if ligne.salaries else []
    if ligne.lignes_dsn:
        comptes.append(f"{format_compte(ligne.lignes_dsn, 'ligne')} de DSN")
    return ", ".join(comptes)


def _cite_depots(depots: Sequence[str]) -> str:
    if not depots:
        return ""
    cites = ", ".join(printable(depot) for depot in depots[:DEPOTS_CITES])
    reste = len(depots) - DEPOTS_CITES
    autres = f" et {format_compte(reste, 'autre')}" if reste > 0 else ""
    return f" ({'dépôt' if len(depots) == 1 else 'dépôts'} {cites}{autres})"


def _explain_refaction(ligne: LigneAppel) -> str:
    part = format_taux(ligne.refaction_ppm)
    coefficient = format_taux(ligne.coefficient_ppm)
    fois = f", au coefficient de {coefficient}" if ligne.coefficient_ppm != PPM else ""
    if ligne.deja is not None:
        return f"Activité mixte : {part} de la base brute est retenu{fois}."
    return (
        f"Activité mixte : {part} de la base brute{fois} de"
        f" {format_euros(ligne.brute_centimes)}, soit {format_euros(ligne.base_centimes)}."
    )


def _explain_cumul(ligne: LigneAppel, cumul: Cumul) -> str:
    droit, cumule = format_euros(cumul.droit_centimes), format_euros(cumul.cumul_centimes)
    assiette = _subtract(ligne.base_centimes, ligne.abattement_centimes)
    if cumul.nature != ABATTEMENT:
        return (
            f"Bases cumulées de l'entreprise en {printable(cumul.periode)} : {cumule},"
            f" pour une première tranche de {droit}."
        )
    return (
        f"Abattement de la campagne {printable(cumul.periode)} :"
        f" {format_euros(ligne.abattement_centimes)} pour cette ligne. L'entreprise a consommé"
        f" {format_euros(cumul.consomme_centimes)} d'un droit de {droit} à ce mois, pour"
        f" {cumule} de bases. Assiette : {assiette}."
    )


def _subtract(base_centimes: int, abattement_centimes: int) -> str:
    signe = "\u2212" if abattement_centimes >= 0 else "+"
    return (
        f"{format_euros(base_centimes)} {signe} {format_euros(abs(abattement_centimes))}"
        f" = {format_euros(base_centimes - abattement_centimes)}"
    )


def _explain_montant(ligne: LigneAppel) -> str:
    if ligne.deja is None:
        return f"{_multiply(ligne.assiette_centimes, ligne.taux_ppm)}."
    avant = ligne.deja.base_centimes - ligne.deja.abattement_centimes
    deja = ligne.deja.montant_centimes
    return (
        f"{_multiply(avant + ligne.assiette_centimes, ligne.taux_ppm)}, moins"
        f" {format_euros(deja)} déjà appelés : {format_euros(ligne.montant_centimes)}."
    )


def _multiply(assiette_centimes: int, taux_ppm: int) -> str:
    """« 100,05 € × 21 % = 21,0105 €, arrondi à 21,01 € »."""
    montant = format_euros(round_half_away(assiette_centimes * taux_ppm, PPM))
    exact = format_produit(assiette_centimes, taux_ppm)
    arrondi = "" if exact == montant else f", arrondi à {montant}"
    return f"{format_euros(assiette_centimes)} × {format_taux(taux_ppm)} = {exact}{arrondi}"
