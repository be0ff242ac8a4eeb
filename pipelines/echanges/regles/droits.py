"""Who may deposit which file: conventions, mandates of deposit, rights of the users (F001, F007).

The depositor is a box, and the user of the file when its account is not the box's own. In the box
of the company, a user deposits what its rights let it enter; the box's own account and the
administrator of an ANET convention, everything. Another box deposits what a mandate lets it, of
any category and centre. Source: exchange.md 6.2, 6.5 and 6.6 of the proposed specification.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from specs.contrats import codes_of
from specs.echanges import read_genres

ANET, TOUS, SAISIE = (
    *codes_of("conventions", "nature", "ANET"),
    *codes_of("droits_utilisateurs", "service", "*"),
    *codes_of("droits_utilisateurs", "droit", "saisie"),
)
DSN, DECLARATIONS = (
    *codes_of("bases", "source", "DSN"),
    *codes_of("droits_utilisateurs", "service", "declarations"),
)
CONVENTION_FERMEE, SANS_DROIT = "F001", "F007"
SANS_CONVENTION, SANS_SAISIE, SANS_MANDAT = "convention", "droit", "mandat"
LIGNE_HORS_DROITS = "ligne"
ENVOIS = pl.Schema(
    {
        "depot": pl.String,
        "boite": pl.String,
        "utilisateur": pl.String,
        "siren": pl.String,
        "convention": pl.String,
        "genre": pl.String,
        "recu_le": pl.Date,
    }
)
LIGNES = pl.Schema(
    {"depot": pl.String, "ligne": pl.Int64, "categorie": pl.String, "cdg": pl.String}
)
GENRES = pl.Schema({"genre": pl.String, "service": pl.String, "nature": pl.String})
DROITS = pl.Schema({"depot": pl.String, "categorie": pl.String, "cdg": pl.String})
REFUS = pl.Schema(
    {"depot": pl.String, "code": pl.String, "variante": pl.String, "valeur": pl.String}
)
REFUS_LIGNES = pl.Schema(
    {"depot": pl.String, "ligne": pl.Int64, "code": pl.String, "variante": pl.String}
    | {"valeur": pl.String}
)


@dataclass(frozen=True, slots=True)
class Habilitations:
    """What the registry says of who may deposit: contracts of these names.

    Of `adherents`, `numero_adherent` and `siren`; of `utilisateurs`, all but its masked columns.
    """

    adherents: pl.DataFrame
    conventions: pl.DataFrame
    utilisateurs: pl.DataFrame
    droits_utilisateurs: pl.DataFrame
    mandats_depot: pl.DataFrame


def list_genres() -> pl.DataFrame:
    """What each kind of file asks of its depositor (GENRES); null `nature`: no convention.

    Key: genre.
    """
    echanges = [
        (nom, genre.service, genre.convention)
        for nom, genre in read_genres().items()
        if genre.entrant
    ]
    return pl.DataFrame([*echanges, (DSN, DECLARATIONS, None)], GENRES, orient="row")


def check_envois(envois: pl.DataFrame, habilitations: Habilitations) -> pl.DataFrame:
    """What refuses whole files (REFUS), sorted by depot then code; a file may have one of each.

    `envois` (ENVOIS): `recu_le` is the day of reception in Paris; a kind that is none of
    `list_genres` is not judged.
    """
    juges = _judged(envois, habilitations)
    droits = compute_droits(envois, habilitations)
    refus = pl.concat(
        [_check_conventions(juges, habilitations.conventions), _check_deposant(juges, droits)]
    )
    return refus.sort(REFUS.names())


def compute_droits(envois: pl.DataFrame, habilitations: Habilitations) -> pl.DataFrame:
    """What the depositor of each file may enter for its service (DROITS), `*` for all, sorted.

    None for a file that it may not deposit.
    """
    juges = _judged(envois, habilitations)
    propres, mandates = juges.filter("chez_elle"), juges.filter(~pl.col("chez_elle"))
    entiers = pl.concat(
        [
            propres.filter(pl.col("utilisateur").is_null()).select("depot"),
            _administered(propres, habilitations),
            _mandated(mandates, habilitations.mandats_depot),
        ]
    ).with_columns(categorie=pl.lit(TOUS), cdg=pl.lit(TOUS))
    droits = pl.concat([entiers, _granted(propres, habilitations)])
    return droits.unique().sort(DROITS.names())


def check_lignes(lignes: pl.DataFrame, droits: pl.DataFrame) -> pl.DataFrame:
    """What refuses lines of files that may be deposited (REFUS_LIGNES), sorted by depot and ligne.

    `lignes` (LIGNES): a line without category, or without centre, is about all of them; one whose
    employee or establishment is unknown is not to be given. `droits`: from `compute_droits`.
    """
    categorie = _covers("categorie").alias("categorie_admise")
    cdg = _covers("cdg").alias("cdg_admis")
    croisees = lignes.join(droits, on="depot", suffix="_droit").with_columns(categorie, cdg)
    admise = (pl.col("categorie_admise") & pl.col("cdg_admis")).any()
    jugees = croisees.group_by("depot", "ligne", "categorie", "cdg").agg(
        admise.alias("admise"), pl.col("categorie_admise").any(), pl.col("cdg_admis").any()
    )
    sujet = (
        pl.when(~pl.col("categorie_admise"))
        .then("categorie")
        .when(~pl.col("cdg_admis"))
        .then("cdg")
        .otherwise(pl.concat_str("categorie", "cdg", separator=", "))
    )
    refusees = jugees.filter(~pl.col("admise")).select(
        "depot",
        "ligne",
        code=pl.lit(SANS_DROIT),
        variante=pl.lit(LIGNE_HORS_DROITS),
        valeur=sujet,
    )
    return refusees.sort("depot", "ligne")


def _judged(envois: pl.DataFrame, habilitations: Habilitations) -> pl.DataFrame:
    """The files with what their kind asks, and whether they are in the box of their company."""
    boites = habilitations.adherents.select(boite="numero_adherent", siren_boite="siren")
    chez_elle = (pl.col("siren_boite") == pl.col("siren")).fill_null(value=False)
    juges = envois.join(list_genres(), on="genre").join(boites, on="boite", how="left")
    return juges.with_columns(chez_elle.alias("chez_elle"))


def _covers(colonne: str) -> pl.Expr:
    """Whether a right covers the value of the line."""
    droit = pl.col(f"{colonne}_droit")
    return ((droit == TOUS) | (droit == pl.col(colonne))).fill_null(value=False)


def _check_conventions(juges: pl.DataFrame, conventions: pl.DataFrame) -> pl.DataFrame:
    """Files whose convention is not in force (F001), or does not allow their kind (F007)."""
    attendues = juges.filter(pl.col("nature").is_not_null())
    citees = attendues.join(_named(conventions), on=["convention", "siren"]).filter(_holds())
    actives = citees.select("depot").unique()
    permises = citees.filter(pl.col("nature") == pl.col("nature_conclue")).select("depot")
    anet = conventions.filter(pl.col("nature") == ANET).select("siren", "debut", "fin")
    ouvertes = attendues.join(anet, on="siren").filter(_holds()).select("depot")
    fermees = attendues.join(actives, on="depot", how="anti")
    permise = pl.col("depot").is_in(permises["depot"].implode())
    ouverte = pl.col("depot").is_in(ouvertes["depot"].implode())
    interdites = attendues.join(actives, on="depot", how="semi").filter(~(permise & ouverte))
    return pl.concat(
        [
            _refuse(fermees, CONVENTION_FERMEE, None, pl.col("convention")),
            _refuse(interdites, SANS_DROIT, SANS_CONVENTION, pl.col("convention")),
        ]
    )


def _check_deposant(juges: pl.DataFrame, droits: pl.DataFrame) -> pl.DataFrame:
    """Files that their depositor has no right to deposit (F007)."""
    sans = juges.join(droits, on="depot", how="anti")
    propres, autres = sans.filter("chez_elle"), sans.filter(~pl.col("chez_elle"))
    return pl.concat(
        [
            _refuse(propres, SANS_DROIT, SANS_SAISIE, pl.col("utilisateur")),
            _refuse(autres, SANS_DROIT, SANS_MANDAT, pl.col("boite")),
        ]
    )


def _administered(propres: pl.DataFrame, habilitations: Habilitations) -> pl.DataFrame:
    """Files of a user who administers an ANET convention of the company: depot."""
    anet = habilitations.conventions.filter(pl.col("nature") == ANET).select(
        "siren", "debut", "fin", utilisateur="administrateur"
    )
    connus = _known(propres, habilitations.utilisateurs)
    return connus.join(anet, on=["siren", "utilisateur"]).filter(_holds()).select("depot")


def _granted(propres: pl.DataFrame, habilitations: Habilitations) -> pl.DataFrame:
    """Rights of the users on the service of their file: DROITS."""
    saisie = habilitations.droits_utilisateurs.filter(pl.col("droit") == SAISIE)
    accordes = _known(propres, habilitations.utilisateurs).join(
        saisie, on="utilisateur", suffix="_droit"
    )
    return accordes.filter(_holds(), _of_service("service_droit")).select(DROITS.names())


def _mandated(mandates: pl.DataFrame, mandats: pl.DataFrame) -> pl.DataFrame:
    """Files that a mandate lets their box deposit: depot."""
    donnes = mandats.rename({"mandataire": "boite"})
    joints = mandates.join(donnes, on=["boite", "siren"], suffix="_droit")
    return joints.filter(_holds(), _of_service("service_droit")).select("depot")


def _known(propres: pl.DataFrame, utilisateurs: pl.DataFrame) -> pl.DataFrame:
    """Files of a user of the company who may act on the day: the columns given."""
    siens = utilisateurs.select("utilisateur", "siren", "debut", "fin")
    connus = propres.join(siens, on=["utilisateur", "siren"]).filter(_holds())
    return connus.select(propres.columns)


def _named(conventions: pl.DataFrame) -> pl.DataFrame:
    return conventions.select("convention", "siren", "debut", "fin", nature_conclue="nature")


def _holds() -> pl.Expr:
    """Whether a row from `debut` to `fin` holds on the day of reception."""
    recu = pl.col("recu_le")
    return (pl.col("debut") <= recu) & (pl.col("fin").is_null() | (recu <= pl.col("fin")))


def _of_service(colonne: str) -> pl.Expr:
    return (pl.col(colonne) == TOUS) | (pl.col(colonne) == pl.col("service"))


def _refuse(envois: pl.DataFrame, code: str, variante: str | None, valeur: pl.Expr) -> pl.DataFrame:
    return envois.select(
        "depot",
        code=pl.lit(code),
        variante=pl.lit(variante, pl.String),
        valeur=valeur,
    )
