"""What each movement of the bank means: money of a company, a double, or a question for an officer.

Every movement ends in one place: `encaissements` (a batch of debits makes several rows),
`decaissements` (what pays or gives back a transfer of the fund), `non_affectes`, `ecartes`
(doubles, orders refused before any money moved, what an officer said is foreign to the fund). What
an officer decided of a movement comes before what its words say. What may be a double, and what
undoes a movement that is nobody's, wait with the other movement named.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from parsers.banque.mouvements import AUTRE, PRELEVEMENT, REJET, RETOUR, VIREMENT
from pipelines.reglements.regles.affectations import AFFECTATION, HORS_CAISSE
from pipelines.reglements.regles.debits import (
    DOUBLE,
    RIEN_A_ANNULER,
    Debits,
    link_debits,
    name_debits,
)
from pipelines.reglements.regles.decaissements import link_reglements, names_reglement
from pipelines.reglements.regles.doubles import Ecarts, find_doubles
from pipelines.reglements.regles.extournes import EXTOURNE, find_undone
from pipelines.reglements.regles.identifiants import decision_origin
from pipelines.reglements.regles.montants import with_amounts
from pipelines.reglements.regles.references import find_references
from specs.contrats import codes_of, columns_of, computed_columns

CLE = ["depot", "rang"]
MOUVEMENT = pl.format("{}-{}", *CLE)
DESIGNES = ("cdg", "groupe", "appel", "reference_paiement")
RECU = (
    *CLE, "siren", *DESIGNES, "affectation", "prelevement", "nature", "date_operation",
    "date_valeur", "montant_centimes", "frais_centimes", "extourne", "code_motif",
)  # fmt: skip
DECISION, PAR_REFERENCE, PAR_COMPTE, PAR_MANDAT = codes_of(
    "encaissements", "affectation", "DECISION", "REFERENCE", "COMPTE", "MANDAT"
)
SANS_REFERENCE = "aucun appel ni compte connu ne le désigne"
PLUSIEURS_ADHERENTS = "il peut être de plusieurs adhérents"
ENTREPRISE_TENUE = "son entreprise est tenue à sa dernière publication : il sera repris"
HORS_COTISATIONS = "ce n'est ni un règlement d'adhérent ni un retour"
PEUT_ETRE_DOUBLE = "il ressemble à un mouvement déjà compté : le même, ou un autre ?"
ANNULE_EN_ATTENTE = "la banque annule un mouvement qui n'est affecté à personne"
ECHECS = pl.Schema(
    {"depot": pl.String, "rang": pl.Int64, "motif": pl.String, "candidat": pl.String}
)
TEXTES = ("reference", "complement", "reference_structuree", "bout_en_bout", "instruction",
          "transaction")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reperes:
    """What movements may refer to.

    `prelevements`: published debits (contract); `references`: of `compute_references`; `comptes`:
    compte_tiers, siren (accounts of members, under pseudonyms); `mandats`: rum, siren;
    `adherents`: siren (key), adherent; `affectations`: of `compute_affectations`; `ecarts`: days
    between two tellings of a movement; `reglements`: published transfers of the fund (contract).
    """

    prelevements: pl.DataFrame
    references: pl.DataFrame
    comptes: pl.DataFrame
    mandats: pl.DataFrame
    adherents: pl.DataFrame
    affectations: pl.DataFrame
    ecarts: Ecarts
    reglements: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Contracts of the same names (but `part`), each sorted by its key."""

    encaissements: pl.DataFrame
    encaissements_non_affectes: pl.DataFrame
    mouvements_ecartes: pl.DataFrame
    decaissements: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Annules:
    """Reversals of transfers: those that follow their company (`recus`), those that wait."""

    recus: pl.DataFrame
    echecs: pl.DataFrame


def match_mouvements(mouvements: pl.DataFrame, reperes: Reperes) -> Rapprochement:
    """The meaning of `mouvements` (contract `mouvements_banque`)."""
    tous = name_debits(with_amounts(mouvements), reperes.prelevements).with_columns(
        MOUVEMENT.alias("mouvement")
    )
    notres = names_reglement(reperes.reglements) & ~pl.col("mouvement").is_in(
        reperes.affectations["mouvement"].implode()
    )
    payes = link_reglements(tous.filter(notres), reperes.reglements)
    nommes = tous.filter(~notres)
    doubles = find_doubles(nommes.filter(pl.col("nature") != REJET), reperes.ecarts)
    uniques = nommes.join(doubles.certains, on=CLE, how="anti")
    decides = uniques.drop("nature").join(reperes.affectations, on="mouvement")
    libres = uniques.join(reperes.affectations, on="mouvement", how="anti")
    de_debits = pl.col("nature").is_in([PRELEVEMENT, RETOUR, REJET])
    debits = link_debits(libres.filter(de_debits), reperes.prelevements)
    autres = libres.filter(~de_debits)
    doutes = doubles.doutes.join(autres.filter(~pl.col("extourne")), on=CLE, how="semi")
    surs = autres.join(doutes, on=CLE, how="anti").filter(~pl.col("extourne"))
    affectes = _attribute(surs.filter(pl.col("nature") == VIREMENT), reperes)
    recus = pl.concat([_matched(libres, debits, affectes, reperes), _decided(decides)])
    annules = _undone(autres.filter("extourne"), nommes, recus, doubles.certains)
    echecs = pl.concat(
        [
            debits.echecs,
            payes.debits.echecs,
            affectes.filter(pl.col("motif").is_not_null()).select(*CLE, "motif"),
            surs.filter(pl.col("nature") == AUTRE).select(*CLE, motif=pl.lit(HORS_COTISATIONS)),
            doutes.select(*CLE, candidat="origine", motif=pl.lit(PEUT_ETRE_DOUBLE)),
            annules.echecs,
        ],
        how="diagonal",
    ).match_to_schema(ECHECS, missing_columns="insert")
    return Rapprochement(
        encaissements=_receipts(pl.concat([recus, annules.recus]), reperes),
        encaissements_non_affectes=_selected(
            tous.join(echecs, on=CLE), "encaissements_non_affectes"
        ),
        mouvements_ecartes=pl.concat(
            [
                _set_aside(nommes, pl.concat([doubles.certains, debits.doubles]), debits),
                _set_aside(tous, payes.debits.doubles, payes.debits),
                _foreign(decides),
            ]
        ).sort(CLE),
        decaissements=payes.decaissements,
    )


def hold_encaissements(
    rapprochement: Rapprochement,
    mouvements: pl.DataFrame,
    publies: pl.DataFrame,
    payes: pl.DataFrame,
    tenues: frozenset[str],
) -> Rapprochement:
    """`rapprochement` in which the companies held (`tenues`, SIREN) have what they had before.

    `mouvements`: of `with_amounts`; `publies`, `payes`: contracts `encaissements` and
    `decaissements`, as last published. Their other movements wait.
    """
    recus, attend_recus = _hold(rapprochement.encaissements, publies, "encaissement", tenues)
    sortis, attend_sortis = _hold(rapprochement.decaissements, payes, "decaissement", tenues)
    retenus = pl.concat([attend_recus, attend_sortis])
    attendent = (
        mouvements.with_columns(
            MOUVEMENT.alias("mouvement"),
            motif=pl.lit(ENTREPRISE_TENUE),
            candidat=pl.lit(None, pl.String),
        )
        .join(retenus.unique(), on="mouvement", how="semi")
        .pipe(_selected, "encaissements_non_affectes")
    )
    return Rapprochement(
        encaissements=recus,
        encaissements_non_affectes=pl.concat(
            [rapprochement.encaissements_non_affectes, attendent]
        ).sort(CLE),
        mouvements_ecartes=rapprochement.mouvements_ecartes,
        decaissements=sortis,
    )


def _hold(
    lus: pl.DataFrame, publies: pl.DataFrame, cle: str, tenues: frozenset[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows of tonight, those of the companies held as published; their movements that wait)."""
    tenue = pl.col("siren").is_in(sorted(tenues))
    retenus = (
        lus.filter(tenue)
        .join(publies, on=cle, how="anti")
        .select(mouvement=pl.col(cle).str.extract(r"^(D\d+-\d+)"))
    )
    siens = publies.filter(tenue).select(lus.columns)
    return pl.concat([lus.filter(~tenue), siens]).sort(cle), retenus


def _attribute(virements: pl.DataFrame, reperes: Reperes) -> pl.DataFrame:
    """Company of each transfer: depot, rang, siren, cdg, groupe, appel, affectation, motif."""
    textes = virements.select(*CLE, texte=pl.concat_str(*TEXTES, separator=" ", ignore_nulls=True))
    par_reference = _single(find_references(textes, reperes.references), PAR_REFERENCE)
    nul = [pl.lit(None, pl.String).alias(nom) for nom in DESIGNES]
    par_compte = virements.join(reperes.comptes, on="compte_tiers").select(*CLE, "siren", *nul)
    par_mandat = virements.join(reperes.mandats, on="rum").select(*CLE, "siren", *nul)
    affectes = par_reference
    for suivants, nom in ((par_compte, PAR_COMPTE), (par_mandat, PAR_MANDAT)):
        restants = suivants.join(affectes, on=CLE, how="anti")
        affectes = pl.concat([affectes, _single(restants, nom)])
    return (
        virements.select(CLE)
        .join(affectes, on=CLE, how="left")
        .with_columns(
            pl.when(pl.col("affectation").is_null())
            .then(pl.lit(SANS_REFERENCE))
            .otherwise("motif")
            .alias("motif")
        )
    )


def _single(trouves: pl.DataFrame, affectation: str) -> pl.DataFrame:
    """One row a movement: what all that was found has in common; `motif` when nothing has."""
    return (
        trouves.group_by(CLE)
        .agg(
            pl.col("siren").n_unique().alias("entreprises"),
            pl.col("siren").first(),
            *(
                pl.when(pl.col(c).n_unique() == 1).then(pl.col(c).first()).alias(c)
                for c in DESIGNES
            ),
        )
        .with_columns(
            pl.lit(affectation).alias("affectation"),
            pl.when(pl.col("entreprises") > 1)
            .then(pl.lit(PLUSIEURS_ADHERENTS))
            .otherwise(pl.lit(None, pl.String))
            .alias("motif"),
        )
        .select(*CLE, "siren", *DESIGNES, "affectation", "motif")
    )


def _matched(
    libres: pl.DataFrame, debits: Debits, affectes: pl.DataFrame, reperes: Reperes
) -> pl.DataFrame:
    """Receipts that were found by rule: transfers, debits settled and returned."""
    dates = [*CLE, "date_operation", "date_valeur", "extourne", "code_motif"]
    nul = pl.lit(None, pl.String)
    des_debits = (
        debits.liens.filter(pl.col("nature") != REJET)
        .join(libres.select(dates), on=CLE)
        .join(
            reperes.prelevements.select("prelevement", "siren", "cdg", "groupe"), on="prelevement"
        )
        .with_columns(nul.alias("appel"), nul.alias("reference_paiement"))
    )
    colonnes = [*CLE, "siren", *DESIGNES, "affectation"]
    des_virements = (
        affectes.filter(pl.col("motif").is_null())
        .select(colonnes)
        .join(libres.select(*dates, "nature", "montant_centimes", "frais_centimes"), on=CLE)
        .with_columns(nul.alias("prelevement"))
    )
    tous = pl.concat([des_virements, des_debits.select(des_virements.columns)])
    return tous.select(RECU).with_columns(decision=pl.lit(None, pl.Int64))


def _decided(decides: pl.DataFrame) -> pl.DataFrame:
    """Receipts that an officer gave to a member, worth the day that the bank says."""
    nul = pl.lit(None, pl.String)
    credit = pl.col("montant_centimes") > 0
    return (
        decides.filter(pl.col("nature") == AFFECTATION)
        .with_columns(
            pl.when(credit).then(pl.lit(VIREMENT)).otherwise(pl.lit(RETOUR)).alias("nature"),
            pl.lit(DECISION).alias("affectation"),
            pl.col("appel").alias("reference_paiement"),
            nul.alias("groupe"),
            nul.alias("prelevement"),
        )
        .select(*RECU, "decision")
    )


def _undone(
    extournes: pl.DataFrame, nommes: pl.DataFrame, recus: pl.DataFrame, doubles: pl.DataFrame
) -> _Annules:
    """A reversal goes to the company of what it undoes, and waits when that is nobody's."""
    trouvees = find_undone(extournes, nommes, doubles)
    du_mouvement = recus.select(
        "siren", *DESIGNES, annule=pl.format("{}-{}", "depot", "rang")
    ).unique("annule", keep="first", maintain_order=True)
    suivies = trouvees.join(du_mouvement, on="annule").join(
        extournes.drop("nature", "siren", *DESIGNES, strict=False), on=CLE
    )
    motif = (
        pl.when(pl.col("annule").is_null())
        .then(pl.lit(RIEN_A_ANNULER))
        .otherwise(pl.lit(ANNULE_EN_ATTENTE))
    )
    return _Annules(
        suivies.with_columns(
            nature=pl.lit(RETOUR),
            affectation=pl.lit(EXTOURNE),
            prelevement=pl.lit(None, pl.String),
            decision=pl.lit(None, pl.Int64),
        ).select(recus.columns),
        trouvees.join(suivies, on=CLE, how="anti").select(
            *CLE, motif.alias("motif"), candidat="annule"
        ),
    )


def _receipts(tous: pl.DataFrame, reperes: Reperes) -> pl.DataFrame:
    """Rows of `encaissements`; an identifier names the debit of a batch, or the decision."""
    plusieurs = pl.len().over(CLE) > 1
    rang = pl.col("prelevement").rank("ordinal").over(CLE).cast(pl.String).str.zfill(4)
    nom = (
        pl.when(pl.col("decision").is_not_null())
        .then(pl.format("{}-{}", MOUVEMENT, decision_origin("decision")))
        .when(plusieurs)
        .then(pl.format("{}-{}", MOUVEMENT, rang))
        .otherwise(MOUVEMENT)
    )
    return (
        tous.join(reperes.adherents, on="siren", how="left")
        .with_columns(
            nom.alias("encaissement"),
            (pl.col("montant_centimes") - pl.col("frais_centimes")).alias("net_centimes"),
        )
        .select(computed_columns("encaissements"))
        .sort("encaissement")
    )


def _set_aside(nommes: pl.DataFrame, doubles: pl.DataFrame, debits: Debits) -> pl.DataFrame:
    """Rows of `mouvements_ecartes`; a refusal is of one debit, or of the batch that it names."""
    refuses = (
        debits.liens.filter(pl.col("nature") == REJET)
        .group_by(CLE)
        .agg(pl.col("origine").sort().first())
    )
    des_rejets = nommes.join(refuses, on=CLE).with_columns(pl.lit(REJET).alias("motif"))
    des_doubles = nommes.join(doubles, on=CLE).with_columns(pl.lit(DOUBLE).alias("motif"))
    return pl.concat(
        [_selected(des_rejets, "mouvements_ecartes"), _selected(des_doubles, "mouvements_ecartes")]
    ).sort(CLE)


def _foreign(decides: pl.DataFrame) -> pl.DataFrame:
    """Rows of `mouvements_ecartes`: what an officer said is not for the fund."""
    etrangers = decides.filter(pl.col("nature") == HORS_CAISSE).with_columns(
        motif="nature", origine=decision_origin("decision")
    )
    return _selected(etrangers, "mouvements_ecartes")


def _selected(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    return frame.select(columns_of(table)).sort(CLE)
