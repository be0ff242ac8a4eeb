"""An indemnity, an amount due, a counter, explained from its published row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.cotisations.regles.assiettes import ESTIMATION, counted
from pipelines.explications.lecture import Lecteur, describe_publication
from pipelines.explications.objets import describe
from pipelines.explications.valeurs import Ecart, Explication, Rangee
from pipelines.intemperies.explications.calcul import (
    check_counter,
    check_indemnite,
    check_refund,
)
from pipelines.intemperies.explications.texte import tell_counter, tell_due, tell_indemnity
from pipelines.intemperies.explications.valeurs import Compteur, Indemnite, Rangees, SommeDue
from pipelines.intemperies.lecture import BASES
from pipelines.intemperies.regles.valeurs import campaign_of, first_month, hourly_caps
from specs.connaissances import read_connaissances
from specs.contrats import PART, PLACES, read_contrat
from specs.periodes import MOIS_PAR_AN

ETAPE = "intemperies"
MORCEAU = ("siren", "declaration", "salarie", "annee", "campagne")


def explain_indemnity(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """An indemnity and its refund, day by day, as of the publication."""
    indemnite = read_indemnite(lecteur, rangee)
    savoir = read_connaissances()
    ecarts = (
        *check_indemnite(rangee, indemnite.jours, savoir),
        *check_refund(rangee, indemnite.remboursements),
    )
    publiee = describe_publication(lecteur, rangee[PART], ETAPE)
    objet = describe(rangee["indemnite"], "INDEMNITE", publiee, ecarts) | {
        "indemnite": _row(indemnite.part),
        **{
            nom: _rows(getattr(indemnite, nom))
            for nom in ("arrets", "jours", "remboursements", "salaires", "lignes")
        },
    }
    return Explication(tuple(tell_indemnity(indemnite, publiee, ecarts)), objet, ecarts)


def read_indemnite(lecteur: Lecteur, part: Rangee) -> Indemnite:
    """What the publication holds of the row of an indemnity."""
    declaration = [pl.col(nom) == part[nom] for nom in ("siren", "declaration")]
    salarie = pl.col("salarie") == part["salarie"]
    jours = _read(lecteur, "jours_intemperies", *declaration, salarie)
    siens = jours.filter(
        pl.col("date").dt.year() == part["annee"],
        campaign_of(pl.col("date")) == part["campagne"],
    )
    rendus = _read(
        lecteur, "remboursements_intemperies", *(pl.col(nom) == part[nom] for nom in MORCEAU)
    )
    # The records of the file are nobody's to list: they are read as the lake holds them.
    lignes = lecteur.maison.lac.read("lignes_intemperies").filter(*declaration, salarie)
    plafonds = dict(hourly_caps([part["annee"]], read_connaissances()).iter_rows())
    return Indemnite(
        part=part,
        arrets=_tuple(_read(lecteur, "arrets_intemperies", *declaration)),
        jours=_tuple(siens),
        remboursements=_tuple(rendus),
        salaires=_tuple(_read_wages(lecteur, part["siren"], part["campagne"])),
        lignes=_tuple(lignes.select("depot", "rang").sort("depot", "rang").collect()),
        plafonne=part["salaire_horaire"] is not None
        and part["salaire_horaire"] == plafonds[part["annee"]],
    )


def _read_wages(lecteur: Lecteur, siren: str, campagne: str) -> pl.DataFrame:
    """Bases 34 and 35 of a campaign by month of attachment: sum, lines of DSN, deposits."""
    avril = first_month(campagne)
    mois = pl.col("mois_rattachement")
    lues = lecteur.read(
        "bases",
        pl.col("siren") == siren,
        mois.is_between(pl.lit(str(avril)), pl.lit(str(avril.shift(MOIS_PAR_AN - 1)))),
        pl.col("code_base").is_in(BASES),
        counted(),
        pl.col("source") != ESTIMATION,
    )
    return (
        lues.group_by(mois="mois_rattachement")
        .agg(
            pl.col("quantite").sum().alias("montant_centimes"),
            pl.len().cast(pl.Int64).alias("lignes"),
            pl.col("depot").unique().sort().str.join(", ").alias("depots"),
        )
        .sort("mois")
        .collect()
    )


def explain_due(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """An amount due: refunds of its declaration, nature and night; what pays it."""
    somme = read_due(lecteur, rangee)
    total = sum(ligne["montant_centimes"] for ligne in somme.remboursements)
    publie = rangee["montant_centimes"]
    ecarts = () if total == publie else (Ecart(rangee["du"], "remboursements", total, publie),)
    publiee = describe_publication(lecteur, rangee[PART], "dus_intemperies")
    objet = describe(rangee["du"], "SOMME_DUE", publiee, ecarts) | {
        "du": _row(somme.du),
        "remboursements": _rows(somme.remboursements),
        "reglements": _rows(somme.ordres),
    }
    return Explication(tuple(tell_due(somme, publiee, ecarts)), objet, ecarts)


def read_due(lecteur: Lecteur, du: Rangee) -> SommeDue:
    """What the publication holds of an amount due."""
    siens = [pl.col("siren") == du["siren"], pl.col("declaration") == du["origine"]]
    nature = du["du"][-1]
    rendus = _read(
        lecteur, "remboursements_intemperies", *siens,
        pl.col("date_arrete") == du["date_arrete"], pl.col("nature").str.head(1) == nature,
    )  # fmt: skip
    noms = _read(lecteur, "indemnites_intemperies", *siens).select(*MORCEAU, "indemnite")
    payes = _read(lecteur, "reglements_dus", pl.col("du") == du["du"]).select("reglement")
    ordres = _read(lecteur, "reglements", pl.col("siren") == du["siren"])
    return SommeDue(
        du,
        _tuple(rendus.join(noms, on=MORCEAU, how="left", maintain_order="left")),
        _tuple(ordres.join(payes, on="reglement", how="semi", maintain_order="left")),
    )


def explain_counter(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """The counters of an employee in a company and year: total, declarations, days."""
    siens = [pl.col("siren") == rangee["siren"], pl.col("salarie") == rangee["salarie"]]
    jours = _read(lecteur, "jours_intemperies", *siens).filter(
        pl.col("date").dt.year() == rangee["annee"]
    )
    parts = _read(lecteur, "indemnites_intemperies", *siens, pl.col("annee") == rangee["annee"])
    declarations = jours.sort("date", "declaration").partition_by(
        "declaration", as_dict=True, maintain_order=True
    )
    compteur = Compteur(
        rangee,
        tuple((str(nom), _tuple(siennes)) for (nom,), siennes in declarations.items()),
        _tuple(parts),
    )
    ecarts = tuple(check_counter(rangee, jours.to_dicts(), parts.to_dicts()))
    publiee = describe_publication(lecteur, rangee[PART], ETAPE)
    objet = describe(rangee["compteur"], "COMPTEUR", publiee, ecarts) | {
        "compteur": _row(rangee),
        "jours": _rows(tuple(jours.to_dicts())),
        "indemnites": _rows(compteur.parts),
    }
    return Explication(tuple(tell_counter(compteur, publiee, ecarts)), objet, ecarts)


def _read(lecteur: Lecteur, table: str, *predicats: pl.Expr) -> pl.DataFrame:
    """Published rows of a table, in the order of its key."""
    return lecteur.read(table, *predicats).collect().sort(read_contrat(table).cle)


def _tuple(frame: pl.DataFrame) -> Rangees:
    return tuple(frame.to_dicts())


def _rows(rangees: Rangees) -> list[dict[str, Any]]:
    return [_row(rangee) for rangee in rangees]


def _row(rangee: Mapping[str, Any]) -> dict[str, Any]:
    """A published row, its dates as text, without its shard."""
    return {
        nom: valeur.isoformat() if isinstance(valeur, date) else valeur
        for nom, valeur in rangee.items()
        if nom not in PLACES
    }
