"""Who says so: dated values in force, parameters of a management centre, choices of the fund."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.cotisations.explications.valeurs import OptionJouee, Reference
from pipelines.cotisations.regles.valeurs import COEFFICIENT, MONTANT, SALAIRE
from specs.baremes import TAUX, Bareme, Cotisation, ValeurDatee
from specs.connaissances import Connaissances
from specs.montants import PPM
from specs.periodes import Mois

BAREME, CENTRE, INCONNUE = "BAREME", "CENTRE", "INCONNUE"
DECLAREE, ENTIER = "DECLAREE", "ENTIER"
REFACTION = "refaction_ppm"


def find_reference(bareme: Bareme, serie: str, mois: Mois) -> Reference | None:
    """The value of a series in force at the start of `mois`; None when none is known."""
    en_vigueur = [v for v in bareme.series.get(serie, ()) if v.debut <= mois.first_day]
    return _of_bareme(en_vigueur[-1]) if en_vigueur else None


def refer_taux(
    taux_ppm: int, bareme: Bareme, mois: Mois, cdg: str, parametres: pl.DataFrame
) -> Reference:
    """Where the rate of a line comes from: the table, or a reduced rate of the centre."""
    trouvee = find_reference(bareme, TAUX, mois)
    if trouvee is not None and trouvee.valeur == taux_ppm:
        return trouvee
    reduit = bareme.cotisation.taux_reduit if bareme.cotisation else None
    return _of_centre(taux_ppm, reduit, mois, cdg, parametres)


def refer_refaction(part_ppm: int, mois: Mois, cdg: str, parametres: pl.DataFrame) -> Reference:
    """Where the share kept of a base comes from: a parameter of the centre, or nothing: all."""
    if part_ppm == PPM:
        return Reference(PPM, BAREME, None, None, None, None)
    return _of_centre(part_ppm, REFACTION, mois, cdg, parametres)


def refer_coefficient(coefficient_ppm: int, bareme: Bareme, mois: Mois) -> Reference:
    """Where the coefficient of a base comes from; a contribution without a series has none."""
    trouvee = find_reference(bareme, COEFFICIENT, mois)
    if trouvee is not None and trouvee.valeur == coefficient_ppm:
        return trouvee
    origine = BAREME if coefficient_ppm == PPM else INCONNUE
    return Reference(coefficient_ppm, origine, None, None, None, None)


def refer_salaire(bareme: Bareme, mois: Mois) -> Reference | None:
    """The hourly wage of reference of the month; None for what is not counted in hours."""
    return find_reference(bareme, SALAIRE, mois)


def refer_montant_annuel(bareme: Bareme, premier: Mois) -> Reference | None:
    """The amount of a cumul for the period that starts at `premier`."""
    return find_reference(bareme, MONTANT, premier)


def options_of_line(
    cotisation: Cotisation,
    mois_appel: Mois,
    mois: Mois,
    premier: Mois | None,
    savoir: Connaissances,
) -> Iterator[OptionJouee]:
    """Choices that a line depends on; `premier`: first month of the period of its cumul."""
    yield tell_option("mois_de_rattachement", mois, savoir)
    if cotisation.assiette == DECLAREE:
        yield tell_option("arrondi_assiette", mois, savoir)
    if mois != mois_appel:
        yield tell_option("taux_des_regularisations", mois_appel, savoir)
    if cotisation.base_par_defaut is not None:
        yield tell_option("base_professionnelle", mois, savoir)
    if cotisation.cumul is not None and premier is not None:
        yield from _options_of_cumul(savoir, cotisation.cumul, mois, premier)


def tell_option(nom: str, mois: Mois, savoir: Connaissances) -> OptionJouee:
    """The answer of the fund to an option for a month."""
    option = savoir.options[nom]
    choix = [c for c in option.valeurs if c.debut <= mois.first_day][-1]
    return OptionJouee(
        nom=nom,
        question=option.question,
        choix=choix.valeur,
        reponse=option.choix[choix.valeur],
        decision=option.decision,
        depuis=choix.debut,
        source_titre=choix.source_titre,
        source_lien=choix.source_lien,
    )


def _options_of_cumul(
    savoir: Connaissances, code: str, mois: Mois, premier: Mois
) -> Iterator[OptionJouee]:
    cumul = savoir.baremes[code].cumul
    if cumul is None:
        return
    if cumul.periode is None:
        yield tell_option("periode_tranches", mois, savoir)
    if cumul.droit != ENTIER:
        yield tell_option("imputation_abattement", premier, savoir)
        yield tell_option("prorata_activite", premier, savoir)


def _of_bareme(valeur: ValeurDatee) -> Reference | None:
    if valeur.valeur is None:
        return None
    source = valeur.source
    return Reference(
        valeur=valeur.valeur,
        origine=BAREME,
        depuis=valeur.debut,
        source_titre=source.titre if source else None,
        source_lien=source.lien if source else None,
        incertain=valeur.incertain,
    )


def _of_centre(
    valeur: int, parametre: str | None, mois: Mois, cdg: str, parametres: pl.DataFrame
) -> Reference:
    """The parameter of a management centre (contract `parametres_cdg`) that has this value."""
    jour = pl.lit(mois.first_day)
    trouves = parametres.filter(
        pl.col("cdg") == cdg,
        pl.col("parametre").eq_missing(pl.lit(parametre, pl.String)),
        pl.col("valeur") == valeur,
        pl.col("debut") <= jour,
        pl.col("fin").is_null() | (jour <= pl.col("fin")),
    ).sort("debut")
    for trouve in trouves.tail(1).iter_rows(named=True):
        return Reference(valeur, CENTRE, trouve["debut"], trouve.get("motif"), None, None)
    return Reference(valeur, INCONNUE, None, None, None, None)
