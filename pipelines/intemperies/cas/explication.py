"""What a case gave, told in French: hours, indemnities, refunds, counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.intemperies.regles.indemnites import PART
from specs.contrats import valeurs_of
from specs.typographie import format_date, format_euros, format_heures, format_montant

Tables = Mapping[str, pl.DataFrame]
Ligne = dict[str, Any]


def explain(tables: Tables) -> Iterator[str]:
    """One paragraph a declaration, then the counters of each employee."""
    etats = valeurs_of("arrets_intemperies", "etat")
    for arret in tables["arrets_intemperies"].iter_rows(named=True):
        yield (
            f"Déclaration {arret['declaration']} (SIREN {arret['siren']}), arrêt {arret['arret']} "
            f"du {format_date(arret['debut'])}, à déclarer jusqu'au "
            f"{format_date(arret['echeance'])} : {etats[arret['etat']]}"
        )
    for jour in tables["jours_intemperies"].iter_rows(named=True):
        yield f"  {_tell_day(jour)}"
    for part in tables["indemnites_intemperies"].iter_rows(named=True):
        yield from (f"  {phrase}" for phrase in _tell_part(part))
        lignes = tables["remboursements_intemperies"].filter(
            *(pl.col(nom) == part[nom] for nom in PART)
        )
        yield from (f"    {phrase}" for phrase in _tell_refunds(lignes))
    for cumul in tables["cumuls_intemperies"].iter_rows(named=True):
        yield (
            f"Salarié {cumul['salarie']}, {cumul['annee']} : "
            f"{format_montant(cumul['indemnites_journalieres_centiemes'])} indemnités "
            f"journalières, il en reste {format_montant(cumul['restantes_centiemes'])} ; "
            f"{format_heures(cumul['heures_conges_centiemes'])} pour les congés"
        )
    for constat in tables["constats_echange"].iter_rows(named=True):
        yield f"{constat['code']} ({constat['severite']}) : {constat['message']}"


def _tell_day(jour: Ligne) -> str:
    suite = f" [{jour['anomalie']}]" if jour["anomalie"] else ""
    return (
        f"{jour['declaration']}, {jour['salarie']}, {format_date(jour['date'])} : "
        f"{format_heures(jour['perdues_centiemes'])} perdues, "
        f"{format_heures(jour['carence_centiemes'])} de carence, "
        f"{format_heures(jour['indemnisees_centiemes'])} indemnisées dont "
        f"{format_heures(jour['premieres_centiemes'])} remboursées à 10 %{suite}"
    )


def _tell_part(part: Ligne) -> Iterator[str]:
    qui = f"{part['declaration']}, {part['salarie']}, {part['annee']}, campagne {part['campagne']}"
    if part["indemnite_calculee_centimes"] is None:
        yield f"{qui} : en attente ({part['manque']})"
        return
    taux = f"{part['salaire_horaire'] // 10_000},{part['salaire_horaire'] % 10_000:04d} €"
    yield (
        f"{qui} : trois quarts de {taux} pendant "
        f"{format_heures(part['indemnisees_centiemes'])} = "
        f"{format_euros(part['indemnite_calculee_centimes'])} (D5424-13)"
    )
    yield (
        f"{qui} : base du remboursement {format_euros(part['remboursable_centimes'])}, dont "
        f"{format_euros(part['remboursable_premieres_centimes'])} à 10 % (D5424-25, D5424-27)"
    )
    if part["cotisation_conges_centimes"] is not None:
        yield (
            f"{qui} : cotisation de congés prise en charge "
            f"{format_euros(part['cotisation_conges_centimes'])}"
        )


def _tell_refunds(lignes: pl.DataFrame) -> Iterator[str]:
    natures = valeurs_of("remboursements_intemperies", "nature")
    for ligne in lignes.iter_rows(named=True):
        yield (
            f"{ligne['rang']}. {format_euros(ligne['montant_centimes'])} le "
            f"{format_date(ligne['date_arrete'])} : {natures[ligne['nature']]}"
        )
    if lignes.height > 1:
        yield f"en tout {format_euros(sum(lignes['montant_centimes'].to_list()))}"
