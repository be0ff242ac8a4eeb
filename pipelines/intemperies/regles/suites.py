"""What is said of each line, and the state that follows for each declaration.

Source: intemperies section 7; choices I-38, I-44.
"""

from __future__ import annotations

import polars as pl

from pipelines.echanges.regles.lignes import BLOQUANTE, EN_SUSPENS, RESERVEE, compose_constats
from pipelines.intemperies.regles.annee import CODES
from pipelines.intemperies.regles.declarations import DECLARATION, JOUR, LIGNE, Declarations
from pipelines.intemperies.regles.jours import ATTEND, REFUSE
from pipelines.intemperies.regles.jugement import (
    ACCEPTEE,
    EN_ATTENTE,
    HEURES,
    VOISINE,
    Jugement,
)
from specs.contrats import codes_of, computed_columns

(SIGNAL,) = codes_of("constats_echange", "severite", "signal")
ETAT_ACCEPTEE, RESERVE, ETAT_REFUSEE, HORS_DELAI, ATTENTE = codes_of(
    "arrets_intemperies",
    "etat",
    "ACCEPTEE",
    "ACCEPTEE_RESERVE",
    "REFUSEE",
    "HORS_DELAI",
    "EN_ATTENTE",
)
DITS = pl.Schema(
    {
        "siren": pl.String, "declaration": pl.String, "salarie": pl.String, "code": pl.String,
        "variante": pl.String, "severite": pl.String, "valeur": pl.String, "date": pl.Date,
    }
)  # fmt: skip
UN_CENTIME = 1
SEVERITES = {REFUSE: RESERVEE, ATTEND: EN_SUSPENS}
# Codes that a row of `jours_intemperies` tells, and those that leave a declaration accepted.
CODES_DU_JOUR = (
    "IN-002", "IN-003", "IN-010", "IN-012", "IN-013", "IN-015", "IN-020", "IN-021", "IN-022",
    "IN-023", "IN-024",
)  # fmt: skip


def tell_days(jugement: Jugement, jours: pl.DataFrame) -> pl.DataFrame:
    """DITS with `arret`: what is said of each day. `jours`: of `compute_annees`."""
    juges = jugement.constats.select(
        *JOUR, "code", "variante",
        severite=pl.col("effet").replace_strict(SEVERITES, default=SIGNAL),
    )  # fmt: skip
    bornes = jours.filter(pl.col("masque") > 0)
    ecart = (pl.col("waiting") != pl.col("carence_centiemes")) | (
        pl.col("indemnified") != pl.col("indemnisees_centiemes")
    )
    vus = [(jours.filter(ecart), "IN-023")]
    if bornes.height:
        vus += [(bornes.filter((pl.col("masque") & m) > 0), code) for m, code in CODES.items()]
    reserves = [
        ceux.select(
            *JOUR, code=pl.lit(code), variante=pl.lit(None, pl.String), severite=pl.lit(RESERVEE)
        )
        for ceux, code in vus
    ]
    valeur = pl.col("date").dt.strftime("%d/%m/%Y")
    return pl.concat([juges, *reserves]).with_columns(valeur=valeur).unique()


def tell_lines(
    jugement: Jugement, parts: pl.DataFrame, cibles: pl.DataFrame, retenus: pl.DataFrame
) -> pl.DataFrame:
    """DITS of the lines. `parts`: of `compute_indemnites`; `retenus`: those that wait (I-40)."""
    lignes = jugement.lignes
    refusees = lignes.join(jugement.refusees.select(*DECLARATION, "code"), on=DECLARATION)
    vues = (
        (refusees, pl.col("code"), BLOQUANTE),
        (lignes.filter(~pl.col("heures_suffisantes")), pl.lit(HEURES), BLOQUANTE),
        (lignes.join(jugement.voisines, on=DECLARATION, how="semi"), pl.lit(VOISINE), SIGNAL),
        (parts.filter("tardive"), pl.lit("IN-001"), RESERVEE),
        (parts.filter(pl.col("rate") > pl.col("plafond")), pl.lit("IN-030"), RESERVEE),
        (_declared_otherwise(parts), pl.lit("IN-032"), RESERVEE),
        (retenus, pl.lit("IN-041"), RESERVEE),
        (cibles.filter("sous_abattement"), pl.lit("IN-042"), RESERVEE),
        (_missing(cibles), pl.lit("IN-043"), EN_SUSPENS),
    )
    dits = (_dits(*vue) for vue in vues if vue[0].height)
    return pl.concat([DITS.to_frame(), *dits]).unique()


def _dits(lignes: pl.DataFrame, code: pl.Expr, severite: str) -> pl.DataFrame:
    rien = pl.lit(None, pl.String)
    return lignes.select(
        *LIGNE, code=code, variante=rien, severite=pl.lit(severite), valeur=rien,
        date=pl.lit(None, pl.Date),
    ).select(DITS.names())  # fmt: skip


def _declared_otherwise(parts: pl.DataFrame) -> pl.DataFrame:
    """Parts whose line declares another indemnity, by more than a centime, once all are known."""
    total = pl.col("indemnite_calculee_centimes")
    ecart = (pl.col("indemnity") - total.sum().over(LIGNE)).abs() > UN_CENTIME
    return parts.filter(total.is_not_null().all().over(LIGNE), ecart)


def _missing(cibles: pl.DataFrame) -> pl.DataFrame:
    """Parts for which a dated value is missing: an abatement only once months are known."""
    sans_abattement = (pl.col("mois_connus") > 0) & pl.col("abattement_campagne").is_null()
    return cibles.filter(
        pl.col("indemnite_calculee_centimes").is_null()
        | pl.col("coefficient_ppm").is_null()
        | sans_abattement
    )


def compose(dits: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Contract `constats_echange` but part and ordre, of DITS.

    A refused day refuses its line when it leaves it none.
    """
    situes = dits.select(DITS.names()).join(
        lignes.select(*LIGNE, "depot", "rang", "suite"), on=LIGNE
    )
    sans = ~pl.col("suite").is_in([ACCEPTEE, EN_ATTENTE])
    refuse = (pl.col("severite") == RESERVEE) & pl.col("date").is_not_null() & sans
    severite = pl.when(refuse).then(pl.lit(BLOQUANTE)).otherwise("severite")
    return compose_constats(
        situes.with_columns(severite=severite).unique().sort("depot", "rang", "code", "date")
    )


def compose_doubles(doublons: pl.DataFrame) -> pl.DataFrame:
    """The same, of the lines whose reference is taken: IN-008."""
    return compose_constats(
        doublons.sort("depot", "rang").with_columns(code=pl.lit("IN-008"), valeur="declaration")
    )


def compute_etats(
    declarations: Declarations, jugement: Jugement, cibles: pl.DataFrame, dits: pl.DataFrame
) -> pl.DataFrame:
    """Contract `arrets_intemperies` but part and echeance: each stop has its declaration's state.

    `cibles`: of `compute_cibles`; `dits`: DITS of days and lines.
    """
    lignes = jugement.lignes.group_by(DECLARATION).agg(
        comptees=(pl.col("suite") == ACCEPTEE).sum(),
        attendues=(pl.col("suite") == EN_ATTENTE).sum(),
        perdues=pl.col("suite").is_in([ACCEPTEE, EN_ATTENTE]).not_().any(),
    )
    parts = cibles.group_by(DECLARATION).agg(
        tardives=pl.col("a_temps").sum() == 0,
        toutes_tardives=pl.col("tardive").all(),
        suspendues=pl.col("cible_centimes").is_null().any(),
    )
    reservees = (
        dits.filter(pl.col("severite") == RESERVEE)
        .select(DECLARATION)
        .unique()
        .with_columns(reservee=pl.lit(value=True))
    )
    etat = (
        pl.when(pl.col("code").is_not_null() | ((pl.col("comptees") + pl.col("attendues")) == 0))
        .then(pl.lit(ETAT_REFUSEE))
        .when(pl.col("toutes_tardives") & pl.col("tardives") & (pl.col("attendues") == 0))
        .then(pl.lit(HORS_DELAI))
        .when((pl.col("attendues") > 0) | pl.col("suspendues"))
        .then(pl.lit(ATTENTE))
        .when(pl.col("perdues") | pl.col("reservee"))
        .then(pl.lit(RESERVE))
        .otherwise(pl.lit(ETAT_ACCEPTEE))
    )
    en_vigueur = (
        declarations.arrets.join(jugement.refusees, on=DECLARATION, how="left")
        .join(lignes, on=DECLARATION, how="left")
        .join(parts, on=DECLARATION, how="left")
        .join(reservees, on=DECLARATION, how="left")
        .with_columns(
            pl.col("comptees", "attendues").fill_null(0),
            pl.col("tardives", "toutes_tardives", "suspendues", "perdues", "reservee").fill_null(
                value=False
            ),
        )
        .with_columns(etat=etat)
    )
    colonnes = [c for c in computed_columns("arrets_intemperies") if c != "echeance"]
    parties = declarations.disparues.with_columns(code=pl.lit(None, pl.String))
    toutes = pl.concat(
        [f.rename({"recu_le": "recue_le"}).select(colonnes) for f in (en_vigueur, parties)]
    )
    return toutes.sort(*DECLARATION, "arret")
