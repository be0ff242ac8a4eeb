"""Payslips, DSN and certificates of a company side by side, differences named (pure).

What each says of the base of leave: month by month for payslips and DSN, over the leave year for
the certificate, which adds up the bases of its months.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import exercice_of, parse_mois
from specs.contrats import codes_of

BASE_CONGES = "20"
(RETENUE,) = codes_of("bases", "statut", "RETENUE")
ESTIMATION = codes_of("bases", "source", "ESTIMATION")
MOIS = ["salarie", "mois"]
# Why two of them differ, the first that fits.
CAUSES = (
    "SANS_DSN", "BASE_ABSENTE", "BASE_ECARTEE", "MOIS_VOISIN", "BULLETIN_ABSENT", "MONTANTS",
)  # fmt: skip
CAUSES_CERTIFICAT = ("SANS_CERTIFICAT", "CERTIFICAT_RECU", "MOIS_MANQUANTS", "MONTANTS")
RAPPROCHES = pl.Schema(
    {
        "salarie": pl.String,
        "mois": pl.String,
        "bulletin_centimes": pl.Int64,
        "dsn_centimes": pl.Int64,
        "ecartee_centimes": pl.Int64,
        "ecart_centimes": pl.Int64,
        "cause": pl.String,
        "bloc": pl.String,
    }
)


def compute_mois(
    bulletins: pl.DataFrame, bases: pl.DataFrame, contrats: pl.DataFrame, exercice: int
) -> pl.DataFrame:
    """RAPPROCHES (key MOIS): payslip and DSN of the months of a leave year.

    `bulletins`: salarie, mois, bulletin_centimes; `bases`, `contrats`: contracts, of one company.
    Without payslips there is no difference: only what the DSN tell.
    """
    dites = _sum_up(bases.filter(pl.col("salarie").is_not_null()))
    payes = bulletins.group_by(MOIS).agg(pl.col("bulletin_centimes").sum())
    declares = contrats.select(*MOIS, declare=pl.lit(value=True)).unique(MOIS)
    reunis = (
        payes.join(dites, on=MOIS, how="full", coalesce=True)
        .join(declares, on=MOIS, how="left")
        .filter(exercice_of(parse_mois(pl.col("mois"))) == exercice)
        .with_columns(pl.col("dsn_centimes", "ecartee_centimes").fill_null(0))
        .sort(MOIS)
    )
    ecart = pl.col("bulletin_centimes").fill_null(0) - pl.col("dsn_centimes")
    connus = reunis.with_columns(ecart_centimes=ecart if payes.height else pl.lit(0, pl.Int64))
    voisin = pl.any_horizontal(
        (pl.col("ecart_centimes").shift(pas).over("salarie") == -pl.col("ecart_centimes"))
        for pas in (1, -1)
    ).fill_null(value=False)
    return (
        connus.with_columns(voisin=voisin)
        .with_columns(cause=_name())
        .with_columns(bloc=_block())
        .select(RAPPROCHES.names())
        .match_to_schema(RAPPROCHES)
    )


def _sum_up(bases: pl.DataFrame) -> pl.DataFrame:
    """MOIS, dsn_centimes (what counts), ecartee_centimes (what does not, or not yet)."""
    montant, compte = pl.col("quantite"), pl.col("statut") == RETENUE
    return (
        bases.filter(pl.col("code_base") == BASE_CONGES, ~pl.col("source").is_in(ESTIMATION))
        .with_columns(mois=pl.coalesce("mois_rattachement", "mois_appel"))
        .group_by(MOIS)
        .agg(
            dsn_centimes=montant.filter(compte).sum(),
            ecartee_centimes=montant.filter(~compte).sum(),
        )
    )


def _name() -> pl.Expr:
    """The cause of a difference: of CAUSES, null without any."""
    bulletin, ecart = pl.col("bulletin_centimes"), pl.col("ecart_centimes")
    ecartee = (pl.col("ecartee_centimes") != 0) & (ecart == pl.col("ecartee_centimes"))
    rien = (pl.col("dsn_centimes") == 0) & (pl.col("ecartee_centimes") == 0)
    sans, absente, mise, voisin, muet, montant = (pl.lit(cause) for cause in CAUSES)
    return (
        pl.when(ecart == 0)
        .then(pl.lit(None, pl.String))
        .when(rien & pl.col("declare").is_null())
        .then(sans)
        .when(ecartee)
        .then(mise)
        .when("voisin")
        .then(voisin)
        .when(rien)
        .then(absente)
        .when(bulletin.is_null())
        .then(muet)
        .otherwise(montant)
    )


def _block() -> pl.Expr:
    """The regularisation to send: the difference, attached to its month; none where another way."""
    mois = parse_mois(pl.col("mois"))
    euros = pl.format(
        "{}{}.{}",
        pl.when(pl.col("ecart_centimes") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        pl.col("ecart_centimes").abs() // 100,
        (pl.col("ecart_centimes").abs() % 100).cast(pl.String).str.zfill(2),
    )
    bloc = pl.format(
        "S21.G00.78.001,'{}'\nS21.G00.78.002,'{}'\nS21.G00.78.003,'{}'\nS21.G00.78.004,'{}'",
        pl.lit(BASE_CONGES),
        mois.dt.strftime("%d%m%Y"),
        mois.dt.month_end().dt.strftime("%d%m%Y"),
        euros,
    )
    return pl.when(pl.col("cause").is_in(["BASE_ABSENTE", "MONTANTS"])).then(bloc)


def compute_salaries(mois: pl.DataFrame, certificats: pl.DataFrame) -> pl.DataFrame:
    """Totals of each employee: payslips, DSN, certificate, and why the last two differ.

    `mois`: of `compute_mois`; `certificats`: contract, those in force of the company and leave
    year. Columns: salarie (key), bulletin_centimes (null: none given), dsn_centimes,
    certificat_centimes (null: none), completude, mois_manquants, ecart_centimes, cause (of
    CAUSES_CERTIFICAT).
    """
    sommes = mois.group_by("salarie").agg(
        pl.col("bulletin_centimes").drop_nulls().sum(),
        pl.col("dsn_centimes").sum(),
        dits=pl.col("bulletin_centimes").count(),
    )
    emis = certificats.group_by("salarie").agg(
        certificat_centimes=pl.col("brut_centimes").sum(),
        completude=pl.col("completude").min(),
        mois_manquants=pl.col("mois_manquants").drop_nulls().sort().str.join(" "),
    )
    ecart = pl.col("certificat_centimes") - pl.col("dsn_centimes")
    sans, recu, manque, montant = (pl.lit(cause) for cause in CAUSES_CERTIFICAT)
    manquants = pl.col("mois_manquants").fill_null("") != ""
    return (
        sommes.join(emis, on="salarie", how="full", coalesce=True)
        .with_columns(
            pl.col("dsn_centimes").fill_null(0),
            bulletin_centimes=pl.when(pl.col("dits") > 0).then("bulletin_centimes"),
            mois_manquants=pl.when(manquants).then("mois_manquants"),
        )
        .with_columns(ecart_centimes=ecart.fill_null(0))
        .with_columns(
            cause=pl.when(pl.col("certificat_centimes").is_null())
            .then(sans)
            .when(pl.col("ecart_centimes") > 0)
            .then(recu)
            .when(pl.col("ecart_centimes") < 0)
            .then(montant)
            .when(manquants)
            .then(manque)
        )
        .drop("dits")
        .sort("salarie")
    )
