"""Everything called for a civil year or a campaign: pure rules on the published calls.

A company has few rows: they are taken one by one, which costs less than a frame for each question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import polars as pl

from pipelines.cotisations.documents.valeurs import AppelCompris, LigneRecapitulatif, Recapitulatif
from pipelines.editique.valeurs import Entreprise
from specs.baremes import read_baremes
from specs.periodes import Mois, campagne, parse_periode

SOMMES = ("base_centimes", "abattement_centimes", "montant_centimes")
LUES = ("appel", "cdg", "mois_rattachement", "cotisation", *SOMMES)
COMPRIS = ("appel", "cdg", "mois_appel", "date_exigibilite", "montant_centimes")
ORDRE = itemgetter("mois_appel", "cdg", "appel")


def list_periodes(mois: Mois) -> tuple[str, str]:
    """The civil year and the campaign of a month."""
    return f"{mois.annee:04}", campagne(mois)


def compose_recapitulatif(
    appels: pl.DataFrame,
    lignes: pl.DataFrame,
    entreprise: Entreprise,
    periode: str,
    date_arrete: date,
    publication: int,
) -> Recapitulatif:
    """Summary of the calls of one company; complementary calls add to the months they correct.

    `appels` and `lignes`: contracts `appels` and `lignes_appel`. PeriodeRefusee for another period.
    """
    debut, fin = map(str, parse_periode(periode))
    siennes = [
        ligne
        for ligne in lignes.select(LUES).rows(named=True)
        if debut <= ligne["mois_rattachement"] <= fin and entreprise.cdg in (None, ligne["cdg"])
    ]
    return Recapitulatif(
        entreprise=entreprise,
        periode=periode,
        debut=debut,
        fin=fin,
        lignes=_sum_lines(siennes),
        appels=_included_calls(appels, siennes),
        date_arrete=date_arrete,
        publication=publication,
    )


def _sum_lines(lignes: Sequence[Mapping[str, Any]]) -> tuple[LigneRecapitulatif, ...]:
    baremes = read_baremes()
    sommes: dict[tuple[str, str, str], list[int]] = {}
    for ligne in lignes:
        cle = (ligne["cdg"], ligne["mois_rattachement"], ligne["cotisation"])
        siennes = sommes.setdefault(cle, [0] * len(SOMMES))
        for rang, nom in enumerate(SOMMES):
            siennes[rang] += ligne[nom]
    return tuple(
        LigneRecapitulatif(*cle, baremes[cle[-1]].libelle, *somme)
        for cle, somme in sorted(sommes.items())
    )


def _included_calls(
    appels: pl.DataFrame, lignes: Sequence[Mapping[str, Any]]
) -> tuple[AppelCompris, ...]:
    """Calls that have a line in the period, and the sum of these lines."""
    parts: Counter[str] = Counter()
    for ligne in lignes:
        parts[ligne["appel"]] += ligne["montant_centimes"]
    compris = (a for a in appels.select(COMPRIS).rows(named=True) if a["appel"] in parts)
    return tuple(
        AppelCompris(**appel, part_centimes=parts[appel["appel"]])
        for appel in sorted(compris, key=ORDRE)
    )
