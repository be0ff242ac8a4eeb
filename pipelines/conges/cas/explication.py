"""What a case gave, told in French: certificates, time, days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.conges.cas.recit import tell_decompte, tell_demandes
from pipelines.conges.regles.acquisition.acquis import UN_MOIS
from specs.contrats import valeurs_of
from specs.typographie import format_date, format_euros, format_heures, format_montant

Ligne = dict[str, Any]
DECIMALES = 10_000


def explain(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """One paragraph a certificate, one a leave year, then its counters."""
    for certificat in tables["certificats"].iter_rows(named=True):
        yield from _tell_certificate(certificat)
    compteurs = tables["compteurs_conges"]
    for droit in tables["droits"].iter_rows(named=True):
        yield from _tell_right(droit)
        siens = compteurs.filter(
            pl.col("salarie") == droit["salarie"], pl.col("exercice") == droit["exercice"]
        )
        titres = valeurs_of("compteurs_conges", "compteur")
        for compteur in siens.iter_rows(named=True):
            yield (
                f"  {titres[compteur['compteur']]} : "
                f"{format_montant(compteur['acquis_centiemes'])} jours"
            )
    yield from tell_demandes(tables["demandes_conges"])
    for decompte in tables["decomptes"].sort("date_paiement", "decompte").iter_rows(named=True):
        siennes = tables["lignes_decompte"].filter(pl.col("decompte") == decompte["decompte"])
        yield from tell_decompte(decompte, siennes.sort("rang").to_dicts())


def _tell_certificate(certificat: Ligne) -> Iterator[str]:
    nature = valeurs_of("certificats", "nature")[certificat["nature"]]
    suite = "" if certificat["en_vigueur"] else " (n'est plus en vigueur)"
    yield (
        f"Certificat {certificat['certificat']}, du {format_date(certificat['debut'])} au "
        f"{format_date(certificat['fin'])}, {nature}{suite}"
    )
    manque = certificat["mois_manquants"]
    yield (
        f"  complet à {certificat['completude']} %"
        + (f" ; mois manquants : {manque}" if manque else "")
    )
    yield (
        f"  {format_mois(certificat['mois_travail_fractions'])} mois de travail, "
        f"{format_mois(certificat['mois_maladie_fractions'])} mois de maladie, "
        f"{format_heures(certificat['heures_centiemes'])} travaillées, "
        f"{format_euros(certificat['brut_centimes'])} bruts"
    )


def _tell_right(droit: Ligne) -> Iterator[str]:
    yield (
        f"Salarié {droit['salarie']}, exercice {droit['exercice']} : "
        f"{format_mois(droit['mois_travail_fractions'])} mois de travail, "
        f"{format_mois(droit['mois_maladie_fractions'])} de maladie, "
        f"{format_mois(droit['forfait_fractions'])} ajoutés pour le congé précédent ; "
        f"{format_mois(droit['mois_retenus_fractions'])} mois retenus, "
        f"{droit['jours_legaux']} jours ouvrables (L3141-3, L3141-7)"
    )


def format_mois(fractions: int) -> str:
    """A length of time in months, with four decimals, rounded down."""
    entier, reste = divmod(fractions * DECIMALES // UN_MOIS, DECIMALES)
    return f"{entier},{reste:04d}"
