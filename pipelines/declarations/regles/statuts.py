"""Identity of declarations, annule-et-remplace, fractions; month and status of each base.

Sources: rules/decisions D-01 to D-06; S20.G00.05. Nothing here depends on the order of arrival but
through `numero_depot`, which breaks ties between equal orders (D-01).
"""

from __future__ import annotations

import polars as pl

from pipelines.registre import SANS_DEPOSANT, valid_on
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.periodes import Mois

RETENUE, REMPLACEE, EN_ATTENTE, SANS_EFFET = codes_of(
    "declarations", "statut", "RETENUE", "REMPLACEE", "EN_ATTENTE", "SANS_EFFET"
)
(AUTRE_CAISSE,) = codes_of("bases_lues", "attribution", "AUTRE_CAISSE")
(ECARTEE,) = codes_of("bases", "statut", "ECARTEE")
DSN, FRACTIONNEMENT = codes_of("bases", "source", "DSN", "FRACTIONNEMENT")
CODE_FRACTIONNEMENT = "FRAC"
FRACTIONS_MANQUANTES, HORS_DATES = "CP-10", "CP-11"
MENSUELLE, SUBSTITUTION, SANS_TOTAL = "01", "09", "P27V01"
# S20.G00.05.002: types of a month that is declared; 04 cancels it.
TYPES_DECLARANTS = ("01", "02", "03", "05")
CLE_DEPOT = ["depot", "rang_declaration"]
CLE = ["siren", "siret", "mois_appel", "fraction", "champ"]  # D-01
ETABLISSEMENT_MOIS = ["siren", "siret", "mois_appel", "champ"]
MOTIF_ATTRIBUTION = {"MIXTE": "CP-01", "SANS_CONTRAT": "CP-02"}


def compute_statuts(
    declarations: pl.DataFrame,
    etablissements: pl.DataFrame,
    savoir: Connaissances,
    deposants: pl.DataFrame = SANS_DEPOSANT,
) -> pl.DataFrame:
    """Each declaration with `cdg`, `statut` and `motif` (a message code, or what replaces it).

    `declarations`: columns of the contract `declarations_lues`; `etablissements`: siret, cdg,
    numero_adherent, debut, fin (dates; the establishment is known from `debut` to `fin`);
    `deposants`: who else deposits for a company (see `Registre`).
    """
    situees = locate(declarations, etablissements, deposants)
    hors_dates = (pl.col("attente") == HORS_DATES).fill_null(value=False)
    admise = pl.col("attente").is_null() | hors_dates
    candidates = situees.filter(admise & pl.col("mensuelle"))
    partielles = _partial(candidates, savoir)
    retenues = _winners(candidates.join(partielles, on=CLE_DEPOT, how="anti"))
    situees = situees.join(
        pl.concat([retenues, partielles]), on=CLE_DEPOT, how="left", maintain_order="left"
    )
    mensuelle, perdue = pl.col("mensuelle"), pl.col("perdue")
    # One that a later one replaces has no month to wait for.
    situees = situees.with_columns(pl.when(perdue.is_null() | ~hors_dates).then("attente"))
    return situees.with_columns(
        pl.when(pl.col("attente").is_not_null() | (perdue == FRACTIONS_MANQUANTES))
        .then(pl.lit(EN_ATTENTE))
        .when(~mensuelle)
        .then(pl.lit(SANS_EFFET))
        .when(perdue.is_null())
        .then(pl.lit(RETENUE))
        .otherwise(pl.lit(REMPLACEE))
        .alias("statut"),
        pl.coalesce("attente", "perdue").alias("motif"),
    ).drop("mensuelle", "attente", "perdue")


def locate(
    declarations: pl.DataFrame, etablissements: pl.DataFrame, deposants: pl.DataFrame
) -> pl.DataFrame:
    """Establishment of each declaration, or the reason to wait: CP-03, CP-04, CP-07, CP-11.

    The last is that of a known establishment whose dates do not hold the month.
    """
    connus = etablissements.select(
        "siret", "cdg", "debut", "fin", proprietaire=pl.col("numero_adherent")
    )
    mois, mensuelle = pl.col("mois_appel"), pl.col("nature") == MENSUELLE
    return (
        declarations.join(connus, on="siret", how="left", maintain_order="left")
        .join(
            _admitted(declarations, deposants),
            on=["siren", "adherent", "mois_appel"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            mensuelle.alias("mensuelle"),
            pl.when(pl.col("cdg").is_null())
            .then(pl.lit("CP-03"))
            .when((pl.col("proprietaire") != pl.col("adherent")) & pl.col("admis").is_null())
            .then(pl.lit("CP-04"))
            .when(pl.col("nature") == SUBSTITUTION)
            .then(pl.lit("CP-07"))
            .when(mensuelle & mois.is_not_null() & ~valid_on(mois))
            .then(pl.lit(HORS_DATES))
            .alias("attente"),
        )
        .drop("debut", "fin", "proprietaire", "admis")
    )


def _admitted(declarations: pl.DataFrame, deposants: pl.DataFrame) -> pl.DataFrame:
    """Months that a member who is not the company may declare for it: siren, adherent, mois_appel.

    With `admis`, true.
    """
    mois = declarations.select("mois_appel").unique()
    return (
        deposants.join(mois, how="cross")
        .filter(valid_on(pl.col("mois_appel")))
        .select("siren", "mois_appel", adherent="deposant", admis=pl.lit(value=True))
        .unique()
    )


def is_usable() -> pl.Expr:
    """Whether a declaration (contract `declarations`) counts, and declares its month (C-05)."""
    return (pl.col("statut") == RETENUE) & pl.col("type").is_in(TYPES_DECLARANTS)


def number_of_fractions() -> pl.Expr:
    """Second digit of a fraction, the number of fractions; null from P27V01 on: no more total."""
    return pl.when(pl.col("version") < SANS_TOTAL).then(pl.col("fraction").str.slice(1, 1))


def _cut() -> pl.Expr:
    """Number of fractions of the month, as text; an empty one when nothing says it."""
    return number_of_fractions().fill_null("").alias("decoupage")


def _partial(mensuelles: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Declarations whose set of fractions is not whole, of the months that wait for all of them.

    Until the set is whole, a former one that was goes on counting.
    """
    cle = [*ETABLISSEMENT_MOIS, "decoupage"]
    attendu = pl.col("decoupage").cast(pl.Int64, strict=False).fill_null(1)
    mois = mensuelles["mois_appel"].unique().drop_nulls()
    attentifs = [
        m for m in mois if savoir.option_at("fractions_incompletes", Mois.parse(m)) == "attente"
    ]
    return (
        mensuelles.filter(pl.col("mois_appel").is_in(attentifs))
        .with_columns(_cut())
        .filter(pl.col("fraction").n_unique().over(cle) < attendu)
        .select(*CLE_DEPOT, pl.lit(FRACTIONS_MANQUANTES).alias("perdue"))
    )


def _winners(mensuelles: pl.DataFrame) -> pl.DataFrame:
    """For each monthly declaration, `perdue`: null when it counts, else why it does not.

    The set of fractions of the declaration that comes last replaces the sets cut otherwise (D-02,
    CP-06); inside the set, the highest order wins, then the latest arrival (D-01).
    """
    rang = pl.struct("ordre", "numero_depot", "rang_declaration")
    classees = mensuelles.with_columns(_cut()).sort("ordre", "numero_depot", "rang_declaration")
    classees = classees.with_columns(
        pl.col("decoupage").last().over(ETABLISSEMENT_MOIS).alias("decoupage_retenu"),
        (rang.last().over([*CLE, "decoupage"]) == rang).alias("derniere"),
    )
    change = pl.col("decoupage") != pl.col("decoupage_retenu")
    return classees.select(
        "depot",
        "rang_declaration",
        pl.when(change)
        .then(pl.lit("CP-06"))
        .when(~pl.col("derniere"))
        .then(pl.lit("ANNULE_ET_REMPLACE"))
        .alias("perdue"),
    )


def compute_bases(
    bases: pl.DataFrame, declarations: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """Bases that belong to the fund, of the declarations that count or wait.

    `bases`: columns of the contract `bases_lues`; `declarations`: those of `compute_statuts`. Adds
    siret, cdg, mois_appel, mois_rattachement (month of the end of the period, or of its start by
    the option `mois_de_rattachement`, D-06), source, statut and motif. A base left out keeps its
    reason (CP-01, CP-02, CP-09).
    """
    porteuses = declarations.filter(
        (pl.col("nature") == MENSUELLE) & pl.col("statut").is_in([RETENUE, EN_ATTENTE])
    ).select("depot", "rang_declaration", "siret", "cdg", "mois_appel", "statut", "motif")
    attribution = pl.col("attribution").replace_strict(
        MOTIF_ATTRIBUTION, default=None, return_dtype=pl.String
    )
    mois = porteuses["mois_appel"].unique().drop_nulls()
    au_debut = [
        m for m in mois if savoir.option_at("mois_de_rattachement", Mois.parse(m)) == "debut"
    ]
    jour = pl.when(pl.col("mois_appel").is_in(au_debut)).then("debut").otherwise("fin")
    rattachement = jour.dt.strftime("%Y-%m")
    # D-06: an establishment base belongs at the latest to the main month.
    de_etablissement = pl.col("rang_individu").is_null()
    rattachement = (
        pl.when(de_etablissement & (rattachement > pl.col("mois_appel")))
        .then("mois_appel")
        .otherwise(rattachement)
    )
    sans_periode = pl.when(jour.is_null()).then(pl.lit("CP-09"))
    return (
        bases.filter(pl.col("attribution") != AUTRE_CAISSE)
        .join(porteuses, on=["depot", "rang_declaration"], maintain_order="left")
        .with_columns(
            rattachement.alias("mois_rattachement"),
            pl.coalesce(attribution, sans_periode).alias("ecart"),
        )
        .with_columns(
            pl.when(pl.col("ecart").is_not_null())
            .then(pl.lit(ECARTEE))
            .otherwise("statut")
            .alias("statut"),
            pl.coalesce("ecart", "motif").alias("motif"),
            pl.lit(DSN).alias("source"),
            pl.lit(None, pl.String).alias("manque"),
        )
    )


def take_open_months(
    declarations: pl.DataFrame, bases: pl.DataFrame, etablissements: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`declarations` and `bases` once those of the months that an establishment was open count.

    `bases`: of `compute_bases` on `declarations`. A month declared after the establishment closed
    (CP-11) often holds the last pays of the months before: these are taken, and the declaration
    with them; what is attached to another month goes on waiting.
    """
    dates = etablissements.select("siret", "debut", "fin")
    lieux = bases.select("siret", "mois_rattachement").join(
        dates, on="siret", how="left", maintain_order="left"
    )
    ouverts = lieux.select(valid_on(pl.col("mois_rattachement")).fill_null(value=False))
    attend = (pl.col("statut") == EN_ATTENTE) & (pl.col("motif") == HORS_DATES).fill_null(
        value=False
    )
    situees = bases.with_columns((attend & ouverts.to_series()).alias("ouverte"))
    prises = situees.filter("ouverte").select(*CLE_DEPOT, "ouverte").unique()
    suivies = declarations.join(prises, on=CLE_DEPOT, how="left", maintain_order="left")
    return _retained(suivies), _retained(situees)


def _retained(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that are `ouverte` count."""
    prise = pl.col("ouverte").fill_null(value=False)
    return frame.with_columns(
        pl.when(prise).then(pl.lit(RETENUE)).otherwise("statut").alias("statut"),
        pl.when(~prise).then("motif").alias("motif"),
    ).drop("ouverte")


def compute_factures(factures: pl.DataFrame) -> pl.DataFrame:
    """Bases of the invoices of fractionnement days (contract `factures_fractionnement`)."""
    return factures.select(
        depot="facture",
        rang_declaration=pl.lit(0, pl.Int64),
        ligne="rang",
        siren="siren",
        siret="siret",
        cdg="cdg",
        mois_appel="mois_appel",
        mois_rattachement="mois_rattachement",
        salarie="salarie",
        contrat=pl.lit(None, pl.String),
        code_base=pl.lit(CODE_FRACTIONNEMENT),
        quantite="montant_centimes",
        source=pl.lit(FRACTIONNEMENT),
        statut=pl.lit(RETENUE),
        motif=pl.lit(None, pl.String),
        manque=pl.lit(None, pl.String),
    )
