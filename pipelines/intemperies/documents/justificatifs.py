"""From the tables of a company to the voucher of one of its declarations: pure rules on frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from pipelines.editique.dossiers import Dossier
from pipelines.intemperies.documents.valeurs import (
    Arret,
    Compteur,
    Jour,
    Justificatif,
    Part,
    Salarie,
    Versement,
)

Noms = Mapping[tuple[str, str], str]
JOUR = ["date", "arret"]
PARTS = "indemnites_intemperies"
MORCEAU = ["annee", "campagne"]


def compose_justificatif(dossier: Dossier, declaration: str, noms: Noms) -> Justificatif:
    """The voucher of a declaration of the company; `noms`: of its lines, by (declaration, salarie).

    Needs the tables of `sources.TABLES`.
    """
    siens = {
        nom: frame.filter(pl.col("declaration") == declaration)
        for nom, frame in dossier.tables.items()
        if "declaration" in frame.columns
    }
    arrets = siens["arrets_intemperies"].sort("debut", "debut_heure", "arret")
    tete = arrets.row(0, named=True)
    nommes = pl.concat(siens[t]["salarie"] for t in ("lignes_intemperies", PARTS))
    salaries = nommes.unique().sort()
    composes = [_employee(dossier, siens, declaration, s, noms) for s in salaries]
    return Justificatif(
        entreprise=dossier.entreprise,
        declaration=declaration,
        recue_le=tete["recue_le"],
        echeance=tete["echeance"],
        etat=tete["etat"],
        code=tete["code"],
        arrets=tuple(_filled(Arret, arret) for arret in arrets.iter_rows(named=True)),
        salaries=tuple(sorted(composes, key=lambda s: (s.nom, s.matricule or ""))),
        date_arrete=dossier.date_arrete,
        publication=dossier.publication,
    )


def _employee(
    dossier: Dossier, siens: Mapping[str, pl.DataFrame], declaration: str, salarie: str, noms: Noms
) -> Salarie:
    du_salarie = pl.col("salarie") == salarie
    jours = siens["jours_intemperies"].filter(du_salarie).sort(JOUR)
    parts = siens[PARTS].filter(du_salarie).sort(MORCEAU)
    cumuls = dossier.tables["cumuls_intemperies"].filter(
        du_salarie, pl.col("annee").is_in(jours["date"].dt.year().cast(pl.Int64).implode())
    )
    lignes = siens["lignes_intemperies"].filter(du_salarie)
    matricules = [*lignes["matricule"], *parts["matricule"]]
    return Salarie(
        nom=noms.get((declaration, salarie), "Salarié"),
        matricule=next((m for m in matricules if m), None),
        jours=tuple(_day(jour) for jour in jours.iter_rows(named=True)),
        parts=tuple(_filled(Part, part) for part in parts.iter_rows(named=True)),
        versements=tuple(_refunds(dossier, siens, salarie)),
        compteurs=tuple(
            _filled(Compteur, cumul) for cumul in cumuls.sort("annee").iter_rows(named=True)
        ),
    )


def _day(jour: Mapping[str, Any]) -> Jour:
    codes = tuple((jour["anomalie"] or "").split())
    rempli: Jour = _filled(Jour, {**jour, "codes": codes})
    return rempli


def _refunds(dossier: Dossier, siens: Mapping[str, pl.DataFrame], salarie: str) -> list[Versement]:
    """What was refunded for an employee, row by row, with the last transfer of each amount due."""
    ordres = (
        dossier.tables["reglements_dus"]
        .join(
            dossier.tables["reglements"].select("reglement", "date_execution", "date_emission"),
            on="reglement",
        )
        .sort("date_emission", "reglement")
        .unique("du", keep="last", maintain_order=True)
        .select("du", "reglement", "date_execution")
    )
    dus = dossier.tables["dus_intemperies"].select(
        "du", "date_arrete", declaration="origine", initiale=pl.col("du").str.slice(-1)
    )
    lignes = (
        siens["remboursements_intemperies"]
        .filter(pl.col("salarie") == salarie)
        .with_columns(initiale=pl.col("nature").str.head(1))
        .join(dus, on=["declaration", "date_arrete", "initiale"], how="left")
        .join(ordres, on="du", how="left")
        .sort(*MORCEAU, "rang")
    )
    return [_filled(Versement, ligne) for ligne in lignes.iter_rows(named=True)]


def _filled(classe: Any, rangee: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a class of values
    """A value of `classe`, from the columns of its fields."""
    return classe(**{champ.name: rangee[champ.name] for champ in fields(classe)})
