"""Dated values and options of the months at hand, as frames that the rules join."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from specs.baremes import TAUX, Bareme, appliquees
from specs.connaissances import Connaissances
from specs.montants import PPM
from specs.periodes import Annee, Mois

COEFFICIENT, SALAIRE = "coefficient_ppm", "salaire_reference_centimes"
MONTANT, ENTIER = "montant_annuel_centimes", "ENTIER"
AVRIL, JANVIER = 4, 1
DEBUTS = {"campagne": AVRIL, "annee_civile": JANVIER}
VALEURS = pl.Schema(
    {
        "cotisation": pl.String,
        "mois": pl.String,
        TAUX: pl.Int64,
        COEFFICIENT: pl.Int64,
        SALAIRE: pl.Int64,
    }
)
MOIS_CUMULES = pl.Schema({"cumul": pl.String, "mois_rattachement": pl.String, "periode": pl.String})
PERIODES = pl.Schema(
    {
        "cumul": pl.String,
        "periode": pl.String,
        "premier": pl.Int64,
        "dernier": pl.Int64,
        "montant_annuel_centimes": pl.Int64,
        "strategie": pl.String,
        "prorata": pl.String,
        "par_rattachement": pl.Boolean,
    }
)


def month_index(texte: pl.Expr) -> pl.Expr:
    """Months since year 0 of a month written AAAA-MM: what makes their differences a count."""
    annee, numero = texte.str.slice(0, 4), texte.str.slice(5, 2)
    return annee.cast(pl.Int64) * 12 + numero.cast(pl.Int64) - 1


def month_text(rang: pl.Expr) -> pl.Expr:
    """The month, AAAA-MM, of an index of `month_index`."""
    annee, numero = rang // 12, rang % 12 + 1
    return pl.format(
        "{}-{}",
        annee.cast(pl.String).str.zfill(4),
        numero.cast(pl.String).str.zfill(2),
    )


def known_values(mois: Iterable[str], savoir: Connaissances) -> pl.DataFrame:
    """VALEURS of each called contribution for each month; null when none is known.

    A contribution without a series of coefficients has none: PPM.
    """
    lus = [(texte, Mois.parse(texte)) for texte in sorted(set(mois))]
    lignes = [
        (
            code,
            texte,
            bareme.find(TAUX, m),
            bareme.find(COEFFICIENT, m) if COEFFICIENT in bareme.series else PPM,
            bareme.find(SALAIRE, m),
        )
        for code, bareme, _ in appliquees(savoir.baremes)
        for texte, m in lus
    ]
    return pl.DataFrame(lignes, VALEURS, orient="row")


def option_months(nom: str, choix: str, mois: pl.Series, savoir: Connaissances) -> pl.Expr:
    """Whether the month, in the column named as `mois`, is one for which the fund chose `choix`."""
    oui = [m for m in mois.unique() if savoir.option_at(nom, Mois.parse(m)) == choix]
    return pl.col(mois.name).is_in(oui)


def period_months(mois: Iterable[str], savoir: Connaissances) -> pl.DataFrame:
    """MOIS_CUMULES: the period of each cumul that each month of attachment belongs to."""
    lignes = [
        (code, texte, str(_period(bareme, Mois.parse(texte), savoir)))
        for code, bareme in _cumuls(savoir)
        for texte in sorted(set(mois))
    ]
    return pl.DataFrame(lignes, MOIS_CUMULES, orient="row")


def known_periods(mois: Iterable[str], savoir: Connaissances) -> pl.DataFrame:
    """PERIODES: those that hold one of the months, with their amount (null when unknown).

    `premier` and `dernier` are indices of months; what is chosen at the first month of a period
    (strategie, prorata) holds for the whole of it. `par_rattachement`: what is spent month by month
    is followed by month of attachment (C-05), a threshold by month of call (C-06).
    """
    lignes = [
        (code, str(periode), *_describe(bareme, periode, savoir))
        for code, bareme in _cumuls(savoir)
        for periode in sorted({_period(bareme, Mois.parse(m), savoir) for m in set(mois)})
    ]
    return pl.DataFrame(lignes, PERIODES, orient="row")


def _cumuls(savoir: Connaissances) -> list[tuple[str, Bareme]]:
    return [(code, b) for code, b in sorted(savoir.baremes.items()) if b.cumul is not None]


def _period(bareme: Bareme, mois: Mois, savoir: Connaissances) -> Annee:
    choisie = bareme.cumul.periode if bareme.cumul else None
    return Annee.containing(mois, DEBUTS[choisie or savoir.option_at("periode_tranches", mois)])


def _describe(
    bareme: Bareme, periode: Annee, savoir: Connaissances
) -> tuple[int, int, int | None, str, str, bool]:
    premier, dernier = periode.premier, periode.dernier
    entier = bareme.cumul is not None and bareme.cumul.droit == ENTIER
    return (
        premier.annee * 12 + premier.numero - 1,
        dernier.annee * 12 + dernier.numero - 1,
        bareme.find(MONTANT, premier),
        "entier" if entier else savoir.option_at("imputation_abattement", premier),
        "aucun" if entier else savoir.option_at("prorata_activite", premier),
        not entier,
    )
