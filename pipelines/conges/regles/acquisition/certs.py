"""The certificates that companies send: which count, and for which of their months.

Source: rules of leave, 2.1 and 7; exchange files, CG-002; L-66, X-06.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import (
    count_ouvrables,
    exercice_of,
    list_months,
    reference_month,
)
from pipelines.conges.regles.acquisition.connu import Connu
from specs.connaissances import Connaissances

LIGNE = ["depot", "rang"]
ETABLISSEMENT = ["salarie", "siret"]
EN_MOIS, EN_HEURES = "M", "H"  # UNIT
PAYE = "O"  # N1_PAID: by another fund
PRIORITAIRES = "certificat"


@dataclass(frozen=True, slots=True)
class Certs:
    """Certificates in force.

    `certs`: lines that count, with `ordre` (of reception), `exercice`, `part` and `total` (days of
    their months without a DSN, over those of all); `mois`: LIGNE, salarie, siren, cdg, mois, du,
    au, one row a month that counts; `evinces`: salarie, siren, mois whose DSN gives way to them.
    """

    certs: pl.DataFrame
    mois: pl.DataFrame
    evinces: pl.DataFrame


def number_certs(certs: pl.DataFrame) -> pl.DataFrame:
    """The lines with `ordre`, that of their reception, and `exercice`."""
    return (
        certs.sort("recu_le", "depot", "rang")
        .with_row_index("ordre")
        .with_columns(pl.col("ordre").cast(pl.Int64), exercice=exercice_of(pl.col("to")))
    )


def judge_certs(certs: pl.DataFrame) -> pl.DataFrame:
    """`certs` numbered, with `refuse` (CG-002) and `remplace_a`, the order of what replaced each.

    One is refused when it has a day in common with another of the same employee and establishment
    that was accepted before it and that nothing had replaced by then.
    """
    juges = certs.with_columns(
        refuse=pl.lit(value=False), place=pl.col("ordre").rank("dense").over(ETABLISSEMENT)
    )
    avant = _earlier(juges)
    remplacements = _replacements(juges)
    for place in sorted(juges["place"].unique().to_list())[1:]:
        refuses = juges.filter("refuse")["ordre"].implode()
        remplaces = (
            remplacements.filter(~pl.col("par").is_in(refuses))
            .group_by("ordre")
            .agg(pl.col("par").min())
        )
        fautifs = (
            avant.filter(pl.col("place") == place, ~pl.col("ordre_avant").is_in(refuses))
            .join(remplaces, left_on="ordre_avant", right_on="ordre", how="left")
            .filter(pl.col("par").is_null() | (pl.col("par") > pl.col("ordre")))
        )
        juges = juges.with_columns(
            pl.col("refuse") | pl.col("ordre").is_in(fautifs["ordre"].implode())
        )
    acceptes = remplacements.filter(~pl.col("par").is_in(juges.filter("refuse")["ordre"].implode()))
    return juges.drop("place").join(
        acceptes.group_by("ordre").agg(pl.col("par").min().alias("remplace_a")),
        on="ordre",
        how="left",
        maintain_order="left",
    )


def _earlier(juges: pl.DataFrame) -> pl.DataFrame:
    """ordre, place, ordre_avant: pairs of one employee and establishment that share a day."""
    autres = juges.select(*ETABLISSEMENT, ordre_avant="ordre", de="from", a="to")
    return (
        juges.select(*ETABLISSEMENT, "ordre", "place", "from", "to")
        .join(autres, on=ETABLISSEMENT)
        .filter(
            pl.col("ordre_avant") < pl.col("ordre"),
            pl.col("de") <= pl.col("to"),
            pl.col("a") >= pl.col("from"),
        )
    )


def _replacements(juges: pl.DataFrame) -> pl.DataFrame:
    """ordre, par: a line and one that says it replaces it."""
    qui = ["siren", "salarie"]
    par = juges.filter(pl.col("replaces_cert").is_not_null()).select(
        *qui, cert_ref="replaces_cert", par="ordre"
    )
    return (
        juges.select(*qui, "cert_ref", "ordre")
        .join(par, on=[*qui, "cert_ref"])
        .filter(pl.col("ordre") < pl.col("par"))
        .select("ordre", "par")
    )


def compute_certs(connu: Connu, declares: pl.DataFrame, savoir: Connaissances) -> Certs:
    """What the certificates bring. `declares`: salarie, siren, mois that the DSN tell."""
    juges = judge_certs(number_certs(connu.certs))
    retenus = juges.filter(~pl.col("refuse"), pl.col("remplace_a").is_null())
    retenus = retenus.join(
        connu.priorites.with_columns(decide=pl.lit(value=True)).unique(),
        on=["siren", "cert_ref"],
        how="left",
        maintain_order="left",
    ).with_columns(
        prioritaire=pl.col("decide").fill_null(value=False) | _first(retenus, savoir)
    ).drop("decide")  # fmt: skip
    mois = list_cert_months(retenus)
    cle = ["salarie", "siren", "mois"]
    evinces = mois.filter("prioritaire").select(cle).unique().join(declares, on=cle, how="semi")
    compte = declares.join(evinces, on=cle, how="anti")
    comptes = mois.join(compte, on=cle, how="anti")
    return Certs(_with_share(retenus, mois, comptes), comptes.drop("prioritaire"), evinces)


def _first(retenus: pl.DataFrame, savoir: Connaissances) -> pl.Expr:
    """Whether certificates come before the DSN, by option."""
    annees = [
        annee
        for annee in retenus["exercice"].unique().sort()
        if savoir.option_at("priorite_certificat", reference_month(annee)) == PRIORITAIRES
    ]
    return pl.col("exercice").is_in(annees)


def list_cert_months(certs: pl.DataFrame) -> pl.DataFrame:
    """One row a certificate and month, with the days that it covers."""
    return (
        certs.select(
            *LIGNE, "salarie", "siren", "cdg", "from", "to", "prioritaire",
            mois=list_months(pl.col("from"), pl.col("to")),
        )
        .explode("mois")
        .with_columns(
            du=pl.max_horizontal("from", "mois"),
            au=pl.min_horizontal("to", pl.col("mois").dt.month_end()),
        )
        .drop("from", "to")
    )  # fmt: skip


def _with_share(certs: pl.DataFrame, mois: pl.DataFrame, comptes: pl.DataFrame) -> pl.DataFrame:
    """`part` and `total`: what of a certificate counts (L-66); whole when it is Sundays."""
    jours = count_ouvrables(pl.col("du"), pl.col("au")).sum()
    parts = (
        mois.group_by(LIGNE)
        .agg(jours.alias("total"))
        .join(comptes.group_by(LIGNE).agg(jours.alias("part")), on=LIGNE, how="left")
        .with_columns(pl.col("part").fill_null(0))
        .with_columns(
            part=pl.when(pl.col("total") == 0).then(1).otherwise("part"),
            total=pl.max_horizontal("total", 1),
        )
    )
    return certs.join(parts, on=LIGNE, maintain_order="left")
