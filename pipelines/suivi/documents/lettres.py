"""The reminders of a night as letters: one a company, with every month that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import polars as pl

from pipelines.declarations.regles.attendues import RECUE
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.editique.valeurs import Entreprise
from pipelines.publication.nuit import Nuit
from pipelines.suivi.documents.relance_pdf import compose_relance_pdf
from pipelines.suivi.documents.valeurs import DeclarationManquante, Relance
from specs.baremes import valeur_at
from specs.baremes.suivi import AUCUNE
from specs.options import option_at
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.registre.lecture import read_adherents


def compose_relances(
    relances: pl.DataFrame, attendues: pl.DataFrame, adherents: pl.DataFrame, date_arrete: date
) -> tuple[Relance, ...]:
    """Letters of the reminders dated `date_arrete`, by siren.

    `relances`, `attendues`: contracts `relances` and `declarations_attendues`; `adherents`:
    contract `adherents`. A company that gets a new level is told all that it misses; the letters of
    a company are numbered from 1, whatever the levels that they bear. None to one that misses
    nothing any more, a deposit of the same day having been taken back.
    """
    nouvelles = relances.filter(pl.col("date") == date_arrete)
    envoyees = relances.filter(pl.col("date") <= date_arrete)
    rangs = (
        envoyees.join(nouvelles, on="siren", how="semi")
        .group_by("siren")
        .agg(pl.col("date").n_unique().cast(pl.Int64).alias("rang"))
        .sort("siren")
    )
    manquantes = _missing(attendues.join(nouvelles, on="siren", how="semi"))
    noms = {siren: (numero, nom) for siren, numero, nom in _names(adherents)}
    delai = timedelta(days=valeur_at("RELANCE_DSN", "reponse_jours", Mois.from_date(date_arrete)))
    return tuple(
        Relance(
            relance=f"REL-{siren}-{date_arrete:%Y%m%d}",
            entreprise=Entreprise(noms[siren][0], siren, noms[siren][1]),
            rang=rang,
            manquantes=manquantes[siren],
            date_reponse=date_arrete + delai,
            appel_estime=any(_is_estimated(m.mois) for m in manquantes[siren]),
            date_arrete=date_arrete,
        )
        for siren, rang in rangs.iter_rows()
        if siren in manquantes
    )


def _names(adherents: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    yield from adherents.select("siren", "numero_adherent", "raison_sociale").iter_rows()


def _missing(attendues: pl.DataFrame) -> dict[str, tuple[DeclarationManquante, ...]]:
    """Missing months of each company, by establishment then month."""
    colonnes = ["siret", "cdg", "mois", "date_limite", "etat"]
    lignes = attendues.filter(pl.col("etat") != RECUE).sort("siret", "mois")
    return {
        str(siren): tuple(
            DeclarationManquante(**ligne) for ligne in siennes.select(colonnes).to_dicts()
        )
        for (siren,), siennes in lignes.partition_by("siren", as_dict=True).items()
    }


def _is_estimated(mois: str) -> bool:
    return option_at("appel_estime", Mois.parse(mois)) != AUCUNE


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """The reminders of tonight."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, nuit.vue.registre)
    relances, attendues = (
        maison.lac.read(nom).filter(nuit.served()).collect()
        for nom in ("relances", "declarations_attendues")
    )
    for relance in compose_relances(relances, attendues, adherents, nuit.date_arrete):
        numerotee = replace(relance, publication=nuit.numero)
        yield Lettre(relance.entreprise.adherent, partial(_draw, numerotee))


def _draw(relance: Relance) -> Iterator[Fichier]:
    yield f"RELANCE_{relance.relance}.pdf", compose_relance_pdf(relance)
