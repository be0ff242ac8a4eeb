"""The statements that a night makes: payments, differences, mirrors.

Source: Code du travail, D3141-31; choices L-20 to L-22, L-32, L-36, L-54, L-61, L-63, L-72, L-73.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.defaillance import paid_part
from pipelines.conges.regles.paiement.dus import COMPTEURS, PRISE
from pipelines.conges.regles.paiement.execution import read_executions
from pipelines.conges.regles.paiement.imputation import COMPENSATRICE
from pipelines.conges.regles.paiement.jours import DEMANDE, UN_JOUR
from pipelines.conges.regles.paiement.methodes import EXERCICE
from specs.connaissances import Connaissances
from specs.contrats import codes_of

PAIEMENT, REGULARISATION, ANNULATION = codes_of(
    "decomptes", "motif", "PAIEMENT", "REGULARISATION", "ANNULATION"
)
UNITE = [*DEMANDE, "exercice"]
MIROIR = "A"  # first letter of its number, which is that of the statement undone
MONTANTS = ("indemnite", "prime")


def compute_units(
    prises: pl.DataFrame, jours: pl.DataFrame, demandes: pl.DataFrame
) -> pl.DataFrame:
    """First and last day, and days, of each taking: PRISE, debut, fin, jours_centiemes.

    The parts of a request follow one another without a gap: each ends on the eve of the day counted
    next, the last one on the last day of the leave. `prises`: contract `prises_conges`; `jours`: of
    `list_jours`; `demandes`: DEMANDE, debut, fin.
    """
    unites = (
        prises.filter(pl.col("sens") > 0)
        .group_by(*PRISE, "salarie")
        .agg(
            pl.col("jours_centiemes").sum(),
            premier=pl.col("debut").min(),
            dernier=pl.col("fin").max(),
        )
    )
    voisins = (
        unites.join(jours.select(*DEMANDE, "date"), on=DEMANDE)
        .group_by(PRISE)
        .agg(
            avant=pl.col("date").filter(pl.col("date") < pl.col("premier")).max(),
            apres=pl.col("date").filter(pl.col("date") > pl.col("dernier")).min(),
        )
    )
    bornes = demandes.select(*DEMANDE, depart="debut", arrivee="fin")
    return (
        unites.join(voisins, on=PRISE, how="left")
        .join(bornes, on=DEMANDE, how="left")
        .select(
            *PRISE, "jours_centiemes",
            debut=pl.when(pl.col("avant").is_null()).then("depart").otherwise("premier"),
            fin=pl.when(pl.col("apres").is_null())
            .then("arrivee")
            .otherwise(pl.col("apres") - UN_JOUR),
        )
    )  # fmt: skip


def list_payments(
    dus: pl.DataFrame, unites: pl.DataFrame, demandes: pl.DataFrame, refaits: pl.DataFrame,
    decomptes: pl.DataFrame, nuit: date, savoir: Connaissances,
) -> pl.DataFrame:  # fmt: skip
    """Takings not paid yet, with their dates, the day of payment, `part_ce_soir`.

    `dus`: of `compute_dus`; `demandes`: DEMANDE, nature, debut, depot, rang, matricule; `refaits`:
    of `made_again`, which are told as of the day of the payment that they replace.
    """
    payees = decomptes.filter(pl.col("motif") == PAIEMENT)
    restent = (
        dus.filter(pl.col("sens") > 0)
        .join(payees, on=PRISE, how="anti")
        .join(unites, on=PRISE, how="left")
        .join(demandes.select(*DEMANDE, "nature", "depot", "rang", "matricule",
                              depart="debut"), on=DEMANDE)
    )  # fmt: skip
    jours = read_executions(restent["depart"], nuit, savoir)
    dates = restent.join(jours, on="depart", how="left", nulls_equal=True).join(
        refaits, on=PRISE, how="left"
    )
    refait = pl.col("paye_le").is_not_null()
    return _with_month(
        dates.with_columns(
            date_paiement=pl.coalesce("paye_le", "date_paiement"),
            part_ce_soir=refait | pl.col("part_ce_soir"),
            refait=refait,
        )
    )


def _with_month(paiements: pl.DataFrame) -> pl.DataFrame:
    """Without dates of its own, a payment has those of its month, and its whole ceiling (L-53)."""
    entier = pl.col("nature") == COMPENSATRICE
    jour = pl.col("date_paiement")
    return paiements.with_columns(
        entier=entier,
        debut=pl.when(entier).then(jour.dt.month_start()).otherwise("debut"),
        fin=pl.when(entier).then(jour.dt.month_end()).otherwise("fin"),
        motif=pl.lit(PAIEMENT),
    )


def pay_part(paiements: pl.DataFrame) -> pl.DataFrame:
    """With indemnite_centimes, prime_centimes and brut_centimes: what of the due is paid.

    Columns read: indemnite_due_centimes, prime_due_centimes, mois_payes, mois_emploi.
    """
    part = {
        f"{nom}_centimes": paid_part(
            pl.col(f"{nom}_due_centimes"), pl.col("mois_payes"), pl.col("mois_emploi")
        )
        for nom in MONTANTS
    }
    return paiements.with_columns(**part).with_columns(
        brut_centimes=pl.col("indemnite_centimes") + pl.col("prime_centimes")
    )


def list_differences(
    dus: pl.DataFrame,
    decomptes: pl.DataFrame,
    parts: pl.DataFrame,
    hausse_seule: tuple[int, ...],
) -> pl.DataFrame:
    """What paid takings are owed now that they were not: complements, and rights that changed.

    A complement is of its request, on the day when more months are paid (L-20, L-63: a part that
    falls takes nothing back). Rights that changed give one difference a leave year, told on the
    last request paid (L-54). `parts`: of `compute_parts`. `hausse_seule`: leave years for which
    nothing is taken back. PRISE, the amounts due, the months paid, indemnite, prime, brut.
    """
    payes = (
        decomptes.filter(pl.col("motif") != ANNULATION)
        .join(_mirrored(decomptes), on="decompte", how="anti")
        .sort(*PRISE, "mois_payes", "mois_emploi")
        .group_by(*PRISE, "salarie", maintain_order=True)
        .agg(
            payes_avant=pl.col("mois_payes").last(),
            emploi_avant=pl.col("mois_emploi").last(),
            derniere=pl.col("date_paiement").max(),
        )
    )
    avant, apres = ("payes_avant", "emploi_avant"), ("mois_payes", "mois_emploi")
    compares = (
        payes.join(dus.filter(pl.col("sens") > 0).drop("salarie"), on=PRISE)
        .join(parts, on=EXERCICE, how="left")
        .with_columns(
            mois_payes=pl.coalesce("mois_payes", "payes_avant"),
            mois_emploi=pl.coalesce("mois_emploi", "emploi_avant"),
        )
        .with_columns(monte=_higher(avant, apres))
        .with_columns(
            *(
                pl.when("monte").then(b).otherwise(a).alias(b)
                for a, b in zip(avant, apres, strict=True)
            )
        )
        .with_columns(
            paid_part(pl.col(f"{nom}_due_centimes"), *map(pl.col, mois)).alias(f"{nom}_{quand}")
            for nom in MONTANTS
            for mois, quand in ((avant, "avant"), (apres, "apres"))
        )
    )
    complements = compares.with_columns(
        (pl.col(f"{nom}_apres") - pl.col(f"{nom}_avant")).alias(f"{nom}_centimes")
        for nom in MONTANTS
    )
    return _drop_nothing(pl.concat(
        [
            complements.select(_colonnes(complements)),
            _changed(compares, decomptes, hausse_seule).select(_colonnes(complements)),
        ]
    ))  # fmt: skip


def _colonnes(frame: pl.DataFrame) -> list[str]:
    gardees = ("sens", "ordre", "monte", "derniere", "payes_avant", "emploi_avant")
    return [c for c in frame.columns if c not in gardees and not c.endswith(("_avant", "_apres"))]


def _higher(avant: tuple[str, str], apres: tuple[str, str]) -> pl.Expr:
    """Whether a part, months paid over months of employment, is above another."""
    (a, b), (c, d) = avant, apres
    sans = pl.col(d) == 0
    plus = pl.col(c) * pl.max_horizontal(b, 1) > pl.col(a) * pl.max_horizontal(d, 1)
    entier = pl.col(b) == 0
    return ~entier & (sans | plus)


def _mirrored(decomptes: pl.DataFrame) -> pl.DataFrame:
    return decomptes.filter(pl.col("annule").is_not_null()).select(decompte="annule")


def _changed(
    compares: pl.DataFrame, decomptes: pl.DataFrame, hausse_seule: tuple[int, ...]
) -> pl.DataFrame:
    """One row a leave year whose payments are no longer worth what they were."""
    verses = decomptes.group_by(EXERCICE).agg(
        pl.col(f"{nom}_centimes").sum().alias(f"{nom}_verse") for nom in MONTANTS
    )
    sommes = compares.group_by(EXERCICE).agg(
        pl.col(f"{nom}_avant").sum().alias(f"{nom}_du") for nom in MONTANTS
    )
    ecarts = sommes.join(verses, on=EXERCICE).select(
        *EXERCICE,
        *(
            (pl.col(f"{nom}_du") - pl.col(f"{nom}_verse")).alias(f"{nom}_centimes")
            for nom in MONTANTS
        ),
    )
    total = pl.col("indemnite_centimes") + pl.col("prime_centimes")
    retenus = ecarts.filter((total > 0) | ~pl.col("exercice").is_in(hausse_seule))
    dernieres = compares.sort("derniere", "ordre").unique(
        EXERCICE, keep="last", maintain_order=True
    )
    return dernieres.join(retenus, on=EXERCICE)


def _drop_nothing(differences: pl.DataFrame) -> pl.DataFrame:
    return (
        differences.filter((pl.col("indemnite_centimes") != 0) | (pl.col("prime_centimes") != 0))
        .with_columns(
            brut_centimes=pl.col("indemnite_centimes") + pl.col("prime_centimes"),
            motif=pl.lit(REGULARISATION),
            jours_centiemes=pl.lit(0, pl.Int64),
        )
        .sort(PRISE)
    )


def mirror(
    decomptes: pl.DataFrame, lignes: pl.DataFrame, annulees: pl.DataFrame, nuit: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statements that undo those of the requests `annulees` (DEMANDE, exercice, tour), their lines.

    The lines are repeated, not recomputed, seizures and overpayments left out; the tax of another
    year stays (L-37, L-73): it is owed with the net.
    """
    visees = (
        decomptes.filter(pl.col("motif") != ANNULATION)
        .join(_mirrored(decomptes), on="decompte", how="anti")
        .join(annulees.select(PRISE), on=PRISE, how="semi")
    )
    meme_annee = pl.col("date_paiement").dt.year() == nuit.year
    inverses = [
        "jours_centiemes", "indemnite_centimes", "prime_centimes", "brut_centimes",
        "indemnite_due_centimes", "prime_due_centimes",
        "assiette_plafonnee_centimes", "vieillesse_centimes", "csg_centimes", "crds_centimes",
        "net_imposable_centimes",
    ]  # fmt: skip
    impot = pl.when(meme_annee).then(pl.col("pas_centimes")).otherwise(0)
    avant_retenues = pl.col("net_centimes") + pl.col("retenues_centimes")
    garde = pl.when(meme_annee).then(0).otherwise(pl.col("pas_centimes"))
    miroirs = visees.with_columns(
        annule="decompte",
        decompte=pl.concat_str(pl.lit(MIROIR), pl.col("decompte").str.slice(1)),
        motif=pl.lit(ANNULATION),
        net_centimes=-(avant_retenues + garde),
        pas_centimes=-impot,
        retenues_centimes=pl.lit(0, pl.Int64),
        date_paiement=pl.lit(nuit),
        date_arrete=pl.lit(nuit),
        meme_annee=meme_annee,
        **{nom: -pl.col(nom) for nom in inverses},
    )
    return miroirs.select(decomptes.columns), _mirror_lines(miroirs, lignes)


def _mirror_lines(miroirs: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Opposite lines; no seizure nor overpayment, and no tax given back in another year."""
    retenues = codes_of("lignes_decompte", "code", "SATD", "TROP")
    (pas,) = codes_of("lignes_decompte", "code", "PAS")
    rendue = pl.col("meme_annee") | (pl.col("code") != pas)
    return (
        lignes.filter(~pl.col("code").is_in(retenues))
        .join(miroirs.select("meme_annee", neuf="decompte", decompte="annule"), on="decompte")
        .with_columns(
            decompte="neuf",
            assiette_centimes=-pl.col("assiette_centimes"),
            montant_centimes=pl.when(rendue).then(-pl.col("montant_centimes")).otherwise(0),
        )
        .select(lignes.columns)
    )


def with_left(
    paiements: pl.DataFrame, acquis: pl.DataFrame, decomptes: pl.DataFrame
) -> pl.DataFrame:
    """With reste_centiemes: what is left of the leave year after each statement (L-72).

    Nothing when the right became smaller than what was taken (L-54).
    """
    totaux = (
        acquis.filter(pl.col("compteur").is_in(COMPTEURS))
        .group_by(EXERCICE)
        .agg(acquis=pl.col("acquis_centiemes").sum())
    )
    pris = decomptes.group_by(EXERCICE).agg(deja=pl.col("jours_centiemes").sum())
    ce_soir = pl.col("jours_centiemes").cum_sum().over(EXERCICE)
    return (
        paiements.join(totaux, on=EXERCICE, how="left", maintain_order="left")
        .join(pris, on=EXERCICE, how="left", maintain_order="left")
        .with_columns(
            reste_centiemes=pl.max_horizontal(
                pl.col("acquis").fill_null(0) - pl.col("deja").fill_null(0) - ce_soir, 0
            )
        )
    )
