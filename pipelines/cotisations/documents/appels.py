"""From the frames of the night to the calls as documents: lines, provenance, payment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.cotisations.documents.effets import compose_ligne
from pipelines.cotisations.documents.valeurs import (
    Appel,
    AppelGroupe,
    Cumul,
    DejaAppele,
    DepotOrigine,
    GroupePaiement,
    LigneAppel,
    Prelevement,
)
from pipelines.cotisations.regles.valeurs import period_months
from specs.baremes import Bareme, read_baremes, read_cotisations, read_taux
from specs.connaissances import read_connaissances
from specs.contrats import codes_of
from specs.periodes import Mois

MOIS_CDG = ["cdg", "mois_appel"]
LIGNE = [*MOIS_CDG, "mois_rattachement", "cotisation"]
SOMMES = ["base_centimes", "abattement_centimes", "montant_centimes"]
(RETENUE,) = codes_of("bases", "statut", "RETENUE")
TDP, ESTIMATION = codes_of("bases", "source", "TDP", "ESTIMATION")
SALAIRE = "salaire_reference_centimes"
SANS_BASE: Mapping[str, Any] = {"salaries": 0, "depots": (), "estimes": ()}
CHAMPS_COMMUNS = (
    "appel",
    "adherent",
    "siren",
    "cdg",
    "mois_appel",
    "rang",
    "nature",
    "date_arrete",
    "date_exigibilite",
    "montant_centimes",
    "reference_paiement",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a call is told from: contracts of the same names, of every call and company.

    `prelevements`: appel, reference_paiement, date_echeance, rum, iban_masque, reste_centimes (one
    row a call that is, or will be, debited); `creances`: appel, reste_centimes; `mandats`: cdg,
    groupe of those that are active and debited without being asked.
    """

    appels: pl.DataFrame
    lignes: pl.DataFrame
    bases: pl.DataFrame
    depots: pl.DataFrame
    etablissements: pl.DataFrame
    cumuls: pl.DataFrame
    groupes: pl.DataFrame
    prelevements: pl.DataFrame
    creances: pl.DataFrame
    mandats: pl.DataFrame


def compose_appels(nouveaux: pl.DataFrame, sources: Sources, publication: int) -> Iterator[Appel]:
    """Values of the documents of these calls (contract `appels`), by identifier."""
    bases = _retained(sources.bases)
    lignes = _told(nouveaux, sources, bases)
    par_appel, sans_ligne = lignes.partition_by("appel", as_dict=True), lignes.clear()
    par_mois = _sum_months(bases, nouveaux)
    lieux = sources.etablissements.partition_by("cdg", as_dict=True)
    depots = {d.depot: d for d in _origins(sources.depots)}
    restes: dict[str, int] = dict(sources.creances.select("appel", "reste_centimes").iter_rows())
    groupes = _groups(sources, restes)
    prelevements = _debits(sources.prelevements)
    deja = _called_before(nouveaux, sources.lignes)
    preleves = {cle for mandat in sources.mandats.iter_rows() for cle in mandat if cle}
    for appel in nouveaux.sort("appel").iter_rows(named=True):
        du_centre = par_mois.get((appel["cdg"], appel["mois_appel"]), SANS_BASE)
        du_mois = par_appel.get((appel["appel"],), sans_ligne)
        yield Appel(
            **{champ: appel[champ] for champ in CHAMPS_COMMUNS},
            **_company(lieux.get((appel["cdg"],))),
            lignes=tuple(map(_compose_ligne, du_mois.iter_rows(named=True))),
            salaries=du_centre["salaries"],
            depots=tuple(depots[depot] for depot in du_centre["depots"] if depot in depots),
            deja_appele_centimes=deja.get(appel["appel"], 0),
            publication=publication,
            groupe=groupes.get(appel["reference_paiement"]),
            prelevement=prelevements.get(appel["appel"]),
            reste_centimes=restes.get(appel["appel"]),
            mandat_actif=bool({appel["cdg"], appel["groupe"]} & preleves),
            etablissements_estimes=tuple(du_centre["estimes"]),
            telepaiement=appel["telepaiement"],
        )


def _retained(bases: pl.DataFrame) -> pl.DataFrame:
    """Retained bases, once for each contribution that they feed."""
    codes = read_cotisations().filter(~pl.col("par_defaut")).select("cotisation", "code_base")
    return bases.filter(pl.col("statut") == RETENUE).join(codes, on="code_base")


def _sum_months(
    bases: pl.DataFrame, nouveaux: pl.DataFrame
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Employees, deposits and estimated establishments of the centres and months of these calls."""
    siennes = bases.join(nouveaux, on=MOIS_CDG, how="semi")
    sommes = siennes.group_by(MOIS_CDG).agg(
        pl.col("salarie").drop_nulls().n_unique().alias("salaries"),
        pl.col("depot").unique().sort().alias("depots"),
        pl.col("siret").filter(pl.col("source") == ESTIMATION).unique().sort().alias("estimes"),
    )
    return {(m["cdg"], m["mois_appel"]): m for m in sommes.iter_rows(named=True)}


def _told(nouveaux: pl.DataFrame, sources: Sources, bases: pl.DataFrame) -> pl.DataFrame:
    """Lines of the new calls with all that explains them, in the order of the document."""
    siennes = sources.lignes.join(nouveaux.select("appel"), on="appel", how="semi")
    source = pl.col("source")
    lues, declarees = source != ESTIMATION, ~source.is_in([ESTIMATION, TDP])
    comptes = bases.group_by(LIGNE).agg(
        pl.col("salarie").filter(lues).drop_nulls().n_unique().cast(pl.Int64).alias("salaries"),
        declarees.sum().cast(pl.Int64).alias("lignes_dsn"),
        pl.col("depot").filter(lues).unique().sort().alias("depots"),
        pl.col("quantite").filter(~lues).sum().alias("estimation_centimes"),
        pl.col("quantite").filter(source == TDP).sum().alias("quantite_tdp"),
    )
    return (
        siennes.join(comptes, on=LIGNE, how="left")
        .join(_already_called(siennes, sources.lignes), on=["appel", *LIGNE[2:]], how="left")
        .join(_rates(siennes), on=LIGNE[2:], how="left")
        .join(_cumuls(siennes, sources.cumuls), on=["siren", *LIGNE[1:]], how="left")
        .sort("appel", "mois_rattachement", "cotisation")
    )


def _already_called(nouvelles: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Sums of the lines of lower ranks of the same key: appel, months, `deja_*`."""
    avant = lignes.select(*LIGNE, *(pl.col(nom).alias(f"deja_{nom}") for nom in SOMMES), r="rang")
    return (
        nouvelles.select("appel", *LIGNE, "rang")
        .join(avant, on=LIGNE)
        .filter(pl.col("r") < pl.col("rang"))
        .group_by("appel", *LIGNE[2:])
        .agg(pl.col(f"deja_{nom}").sum() for nom in SOMMES)
    )


def _called_before(nouveaux: pl.DataFrame, lignes: pl.DataFrame) -> dict[str, int]:
    """For each call, the sum of the calls of its centre and month with a lower rank."""
    avant = lignes.select(*MOIS_CDG, "montant_centimes", r="rang")
    sommes = (
        nouveaux.select("appel", *MOIS_CDG, "rang")
        .join(avant, on=MOIS_CDG)
        .filter(pl.col("r") < pl.col("rang"))
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum())
    )
    return dict(sommes.iter_rows())


def _rates(lignes: pl.DataFrame) -> pl.DataFrame:
    """Since when the rate of a contribution holds in a month, and its source."""
    mois = pl.col("mois_rattachement")
    return (
        lignes.select("mois_rattachement", "cotisation")
        .unique()
        .join(read_taux(), on="cotisation")
        .filter((pl.col("debut") <= mois) & (pl.col("fin").is_null() | (mois <= pl.col("fin"))))
        .select(
            "mois_rattachement",
            "cotisation",
            taux_du_bareme="taux_ppm",
            taux_depuis="debut",
            taux_source="source",
        )
    )


def _cumuls(lignes: pl.DataFrame, cumuls: pl.DataFrame) -> pl.DataFrame:
    """The cumul behind the lines of the contributions that have one."""
    portes = read_cotisations().select("cotisation", "cumul").drop_nulls().unique()
    periodes = period_months(lignes["mois_rattachement"].unique(), read_connaissances())
    return portes.join(periodes, on="cumul").join(
        cumuls.select(
            "siren",
            "cumul",
            "periode",
            "mois_appel",
            "cumul_centimes",
            "droit_centimes",
            consomme_centimes=pl.col("cumul_centimes") - pl.col("assiette_cumulee_centimes"),
        ),
        on=["cumul", "periode"],
    )


def _compose_ligne(ligne: Mapping[str, Any]) -> LigneAppel:
    bareme = read_baremes()[ligne["cotisation"]]
    deja = ligne["deja_montant_centimes"] is not None
    return compose_ligne(
        ligne,
        code_base=_codes(bareme),
        depots=tuple(ligne["depots"] or ()),
        cumul=_cumul(ligne) if ligne["cumul_centimes"] is not None else None,
        deja=DejaAppele(*(ligne[f"deja_{nom}"] for nom in SOMMES)) if deja else None,
        salaries=ligne["salaries"],
        lignes_dsn=ligne["lignes_dsn"],
        estimation_centimes=ligne["estimation_centimes"] or 0,
        quantite_tdp=ligne["quantite_tdp"] or 0,
        salaire_reference_centimes=bareme.find(SALAIRE, Mois.parse(ligne["mois_rattachement"])),
        **_rate_source(ligne, bareme),
    )


def _codes(bareme: Bareme) -> str | None:
    """Codes of the bases that the company declares for the contribution."""
    if bareme.cotisation is None:
        return None
    return ", ".join(code for code, par_defaut in bareme.cotisation.bases if not par_defaut)


def _rate_source(ligne: Mapping[str, Any], bareme: Bareme) -> dict[str, str | None]:
    """Since when and by whom; a reduced rate is the fund's own decision for the centre."""
    if ligne["taux_ppm"] == ligne["taux_du_bareme"]:
        return {"taux_depuis": ligne["taux_depuis"], "taux_source": ligne["taux_source"]}
    reduit = bareme.cotisation is not None and bareme.cotisation.taux_reduit is not None
    source = "taux réduit accordé à ce centre de gestion" if reduit else None
    return {"taux_depuis": None, "taux_source": source}


def _cumul(ligne: Mapping[str, Any]) -> Cumul:
    return Cumul(
        nature=ligne["cumul"],
        periode=ligne["periode"],
        cumul_centimes=ligne["cumul_centimes"],
        droit_centimes=ligne["droit_centimes"],
        consomme_centimes=ligne["consomme_centimes"],
    )


def _company(etablissements: pl.DataFrame | None) -> dict[str, Any]:
    """Name and establishments of a management centre (unknown when the registry forgot it)."""
    if etablissements is None:
        return {"raison_sociale": "", "etablissements": ()}
    return {
        "raison_sociale": etablissements["raison_sociale"][0],
        "etablissements": tuple(etablissements["siret"].sort()),
    }


def _origins(depots: pl.DataFrame) -> Iterator[DepotOrigine]:
    for depot in depots.select("depot", "nom", "recu_le").iter_rows():
        yield DepotOrigine(*depot)


def _groups(sources: Sources, restes: Mapping[str, int]) -> dict[str, GroupePaiement]:
    """Calls settled together, by reference of payment; only where there are several."""
    libelles = dict(sources.groupes.select("groupe", "libelle").iter_rows())
    groupes = sources.appels.drop_nulls("groupe").sort("appel")
    return {
        str(reference): GroupePaiement(
            appels["groupe"][0],
            libelles.get(appels["groupe"][0]) or "",
            tuple(
                AppelGroupe(appel, cdg, montant, restes.get(appel, montant))
                for appel, cdg, montant in appels.select(
                    "appel", "cdg", "montant_centimes"
                ).iter_rows()
            ),
        )
        for (reference,), appels in groupes.partition_by("reference_paiement", as_dict=True).items()
        if appels.height > 1
    }


def _debits(prelevements: pl.DataFrame) -> dict[str, Prelevement]:
    """The debit of each call, for what its reference of payment has in it."""
    ensemble = ["reference_paiement", "rum", "date_echeance"]
    colonnes = ["appel", "date_echeance", "rum", "iban_masque", "montant_centimes"]
    sommes = prelevements.with_columns(
        pl.col("reste_centimes").sum().over(ensemble).alias("montant_centimes")
    )
    return {appel: Prelevement(*debit) for appel, *debit in sommes.select(colonnes).iter_rows()}
