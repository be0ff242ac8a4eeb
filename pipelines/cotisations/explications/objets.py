"""An explanation as a program reads it: the shape that docs/expliquer.md describes.

Whole numbers with their unit in the name, dates and months as text, exact values as fractions.
"""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction

from pipelines.cotisations.explications.lignes import CHAMPS_APPEL
from pipelines.cotisations.explications.valeurs import (
    AppelExplique,
    BasesDepot,
    Calcul,
    CumulExplique,
    LigneExpliquee,
    OptionJouee,
    Reference,
)
from pipelines.explications.objets import Objet

CHAMPS_LIGNE = (
    "identifiant",
    "appel",
    "nature",
    "siren",
    "cdg",
    "mois_appel",
    "mois_rattachement",
    "cotisation",
    "libelle",
)


def describe_ligne(ligne: LigneExpliquee) -> Objet:
    """One line, with every row of the DSN behind it."""
    return _ligne(ligne) | {"depots": [_depot(depot) for depot in ligne.depots]}


def describe_appel(appel: AppelExplique) -> Objet:
    """A call; the rows of the DSN are told by the explanation of each line."""
    return {
        **{champ: getattr(appel, champ) for champ in CHAMPS_APPEL},
        "date_arrete": appel.date_arrete.isoformat(),
        "date_exigibilite": appel.date_exigibilite.isoformat(),
        "anterieurs": [
            {"appel": avant, "montant_centimes": centimes} for avant, centimes in appel.anterieurs
        ],
        "lignes": [_ligne(ligne) for ligne in appel.lignes],
        "options": [_option(option) for option in appel.options],
    }


def _ligne(ligne: LigneExpliquee) -> Objet:
    salaire = ligne.salaire_reference
    return {
        **{champ: getattr(ligne, champ) for champ in CHAMPS_LIGNE},
        "codes_base": list(ligne.codes_base),
        "unite_quantites": "centiemes_heure" if ligne.en_heures else "centimes",
        "publie": asdict(ligne.publiee),
        "deja_appele": [
            {"appel": avant.appel, **asdict(avant.mesures)} for avant in ligne.anterieures
        ],
        "calcul": _calcul(ligne.calcul),
        "taux": _reference(ligne.taux, "ppm"),
        "refaction": _reference(ligne.refaction, "ppm"),
        "coefficient": _reference(ligne.coefficient, "ppm"),
        "salaire_reference": _reference(salaire, "centimes") if salaire else None,
        "cumul": _cumul(ligne.cumul) if ligne.cumul else None,
        "options": [_option(option) for option in ligne.options],
        "depots": [_sum(depot) for depot in ligne.depots],
    }


def _depot(depot: BasesDepot) -> Objet:
    return _sum(depot) | {"bases": [asdict(base) for base in depot.bases]}


def _sum(depot: BasesDepot) -> Objet:
    return {
        "depot": depot.depot,
        "source": depot.source,
        "nom": depot.nom,
        "recu_le": depot.recu_le,
        "lignes": len(depot.bases),
        "quantite": depot.quantite,
    }


def _calcul(calcul: Calcul) -> Objet:
    return {
        "quantite": calcul.quantite,
        "base_brute_centimes": calcul.base_brute_centimes,
        "base_exacte_centimes": _fraction(calcul.base_exacte),
        "base_centimes": calcul.base_centimes,
        "abattement_centimes": calcul.abattement_centimes,
        "montant_exact_centimes": _fraction(calcul.montant_exact),
        "montant_centimes": calcul.montant_centimes,
    }


def _fraction(exacte: Fraction | None) -> Objet | None:
    if exacte is None:
        return None
    return {"numerateur": exacte.numerator, "denominateur": exacte.denominator}


def _reference(reference: Reference, unite: str) -> Objet:
    return {
        f"valeur_{unite}": reference.valeur,
        "origine": reference.origine,
        "depuis": reference.depuis.isoformat() if reference.depuis else None,
        "source_titre": reference.source_titre,
        "source_lien": reference.source_lien,
        "incertain": " ".join(reference.incertain.split()) if reference.incertain else None,
    }


def _cumul(cumul: CumulExplique) -> Objet:
    annuel = cumul.montant_annuel
    return asdict(cumul) | {
        "montant_annuel": _reference(annuel, "centimes") if annuel else None,
        "assiette_avant_centimes": cumul.assiette_avant_centimes,
        "consomme_centimes": cumul.consomme_centimes,
        "partage": [asdict(part) for part in cumul.partage],
        "etapes": [asdict(etape) for etape in cumul.etapes],
    }


def _option(option: OptionJouee) -> Objet:
    return asdict(option) | {"depuis": option.depuis.isoformat()}
