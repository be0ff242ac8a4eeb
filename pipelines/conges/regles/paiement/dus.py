"""What each taking of days is worth, in the order in which they were accepted.

Rounded counter by counter; the payment that ends the legal days brings what is left of the
indemnity, the one that ends another counter what is left of its amount: however a leave is cut, the
payments add up to the indemnity, to the centime, while the daily amount is constant. A taking that
is mirrored gives back its days, its bonus and its amounts. Source: Code du travail, L3141-24,
D3141-33; convention of ouvriers, 5.7 and 5.8; choices L-03, L-09, L-54, L-75.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.conges.regles.paiement.methodes import EXERCICE, A, compute_methodes
from pipelines.conges.regles.paiement.valeurs import PRIME, join_valeurs
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import PPM, rounded_quotient

PRINCIPAL, CINQUIEME, ENFANTS, ANCIENNETE, FRACTIONNEMENT = COMPTEURS = codes_of(
    "compteurs_conges", "compteur", "PRINCIPAL", "CINQUIEME", "ENFANTS", "ANCIENNETE",
    "FRACTIONNEMENT",
)  # fmt: skip
JOUR = 100  # hundredths
PRISE = ["siren", "demande", "exercice", "tour"]
LEGAUX = "LEGAUX"  # main leave and fifth week share one balance
SOLDES = (LEGAUX, ENFANTS, ANCIENNETE, FRACTIONNEMENT)
A_PRIME = (PRINCIPAL, ANCIENNETE, FRACTIONNEMENT)
# What a taking moves: days and amounts of each balance, days with bonus of the main leave, bonuses.
JOURS = tuple(f"jours_{nom}" for nom in SOLDES)
MONTANTS = tuple(f"montant_{nom}" for nom in SOLDES)
JOURS_PRIME = tuple(f"jours_prime_{nom}" for nom in A_PRIME)
PRIMES = tuple(f"prime_{nom}" for nom in A_PRIME)
MOUVEMENTS = (*JOURS, *MONTANTS, *JOURS_PRIME, *PRIMES)
SERIES = {"taux_prime": (PRIME, "taux_ppm"), "part_prime": (PRIME, "part_jours_ppm")}


def compute_dus(
    evenements: pl.DataFrame,
    droits: pl.DataFrame,
    acquis: pl.DataFrame,
    reconstitutions: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """`evenements` with what each is worth, negative for a mirror.

    Columns: PRISE, salarie, sens, ordre, methode, indemnite_exercice_centimes (at the pay of the
    taking), indemnite_due_centimes, prime_due_centimes, and what of both is due for days of
    splitting (fractionnement_du_centimes).
    `evenements`, one row a taking or a mirror: PRISE, salarie, `sens` (1, -1), `ordre` (total order
    of those of an employee and leave year), `salaire_centimes` (raised pay that the request brings;
    null: none), days of each of COMPTEURS in hundredths, where they come from (a carried-over day
    keeps its nature), as columns. `droits`: salarie, exercice, jours_legaux, indemnite_centimes,
    methode, r_centimes, mois_retenus_fractions, fixe_centimes, prime_due. `acquis`: salarie,
    exercice, compteur, acquis_centiemes. `reconstitutions`: see `compute_methodes`. A leave year
    without a row of `droits` has none here: it waits, or `list_lost` tells it. Days beyond a right
    that became smaller are worth nothing (L-54).
    """
    fondes = evenements.join(droits, on=EXERCICE, how="semi", maintain_order="left")
    prets = _with_held(_with_rights(fondes, droits, acquis, reconstitutions, savoir))
    rangs = prets.with_columns(rang=pl.col("ordre").rank("ordinal").over(EXERCICE).cast(pl.Int64))
    faits: list[pl.DataFrame] = []
    etat = rangs.select(EXERCICE).unique().with_columns(_zeros(MOUVEMENTS))
    for (_,), tour in rangs.sort("rang").group_by("rang", maintain_order=True):
        courants = tour.join(etat.select(*EXERCICE, pl.col(MOUVEMENTS).name.prefix("avant_")),
                             on=EXERCICE, how="left")  # fmt: skip
        valus = pl.concat([_value(courants.filter(pl.col("sens") > 0)),
                           _mirror(courants.filter(pl.col("sens") < 0), faits)])  # fmt: skip
        faits.append(valus)
        etat = valus.select(
            *EXERCICE, *((pl.col(f"avant_{nom}") + pl.col(nom)).alias(nom) for nom in MOUVEMENTS)
        )
    return _totals(pl.concat(faits) if faits else _value(_empty(rangs)))


def _zeros(noms: Iterable[str]) -> list[pl.Expr]:
    return [pl.lit(0, pl.Int64).alias(nom) for nom in noms]


def _empty(rangs: pl.DataFrame) -> pl.DataFrame:
    return rangs.with_columns(_zeros(f"avant_{nom}" for nom in MOUVEMENTS))


def _with_rights(
    evenements: pl.DataFrame,
    droits: pl.DataFrame,
    acquis: pl.DataFrame,
    reconstitutions: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """With the indemnity at the pay of each taking, what is acquired, and the rule of the bonus."""
    larges = (
        acquis.filter(pl.col("compteur").is_in(SOLDES))
        .select(*EXERCICE, compteur=pl.lit("acquis_") + pl.col("compteur"), n="acquis_centiemes")
        .pivot("compteur", index=EXERCICE, values="n", aggregate_function="sum")
    )
    noms = [f"acquis_{nom}" for nom in SOLDES[1:]]
    manquants = [nom for nom in noms if nom not in larges.columns]
    larges = larges.with_columns(pl.lit(0, pl.Int64).alias(nom) for nom in manquants)
    joints = (
        evenements.join(droits, on=EXERCICE, how="left", maintain_order="left")
        .join(larges.select(*EXERCICE, *noms), on=EXERCICE, how="left", maintain_order="left")
        .with_columns(
            pl.col(noms).fill_null(0),
            acquis_LEGAUX=pl.col("jours_legaux") * JOUR,
            mois=pl.col("exercice").cast(pl.String) + "-05",
        )
    )
    dates = join_valeurs(joints, "mois", SERIES, savoir).drop("mois")
    return _with_raises(dates, reconstitutions).with_columns(
        jours_a_prime=pl.when("prime_due")
        .then(pl.col("acquis_LEGAUX") * pl.col("part_prime") // PPM)
        .otherwise(0)
    )


def _with_raises(evenements: pl.DataFrame, reconstitutions: pl.DataFrame) -> pl.DataFrame:
    """The highest pay that a request brought so far, in the leave year, and the indemnity at it."""
    releve = pl.col("salaire_centimes").cum_max().forward_fill().over(EXERCICE, order_by="ordre")
    base = pl.col("r_centimes")
    hausse = (releve > base.fill_null(0)).fill_null(value=False)
    tries = evenements.with_columns(r_origine=base, releve=releve, hausse=hausse)
    au_nouveau = compute_methodes(
        tries.with_columns(r_centimes=pl.when("hausse").then("releve").otherwise("r_origine")).drop(
            "methode", "indemnite_centimes"
        ),
        reconstitutions,
    )
    gardes = tries.select(ancienne="indemnite_centimes", ancienne_methode="methode")
    return (
        pl.concat([au_nouveau, gardes], how="horizontal")
        .with_columns(
            methode=pl.when("hausse").then("methode").otherwise("ancienne_methode"),
            indemnite_exercice_centimes=pl.when("hausse")
            .then(pl.max_horizontal("indemnite_centimes", "ancienne"))
            .otherwise("ancienne"),
        )
        .with_columns(
            constante=pl.col("indemnite_exercice_centimes")
            == pl.col("indemnite_exercice_centimes").first().over(EXERCICE, order_by="ordre")
        )
    )


def _with_held(evenements: pl.DataFrame) -> pl.DataFrame:
    """The days of each taking that the rights give, in its order: the first ones (L-54).

    What a mirrored taking held is free for the others.
    """
    opposes = pl.col("sens").min().over(PRISE) < 0
    tient = ~opposes & (pl.col("sens") > 0)
    tenus = {LEGAUX: pl.col(PRINCIPAL) + pl.col(CINQUIEME), **{n: pl.col(n) for n in SOLDES[1:]}}
    reste = {
        nom: pl.col(f"acquis_{nom}")
        - (pl.when(tient).then(jours).otherwise(0).cum_sum().over(EXERCICE, order_by="ordre"))
        + jours
        for nom, jours in tenus.items()
    }
    places = evenements.with_columns(
        pl.when(tient).then(pl.max_horizontal(libre, 0)).alias(f"reste_{nom}")
        for nom, libre in reste.items()
    )
    apres = pl.col(f"reste_{LEGAUX}") - pl.min_horizontal(PRINCIPAL, f"reste_{LEGAUX}")
    return places.with_columns(
        (pl.sum_horizontal(COMPTEURS) == 0).alias("sans_jour"),
        pl.min_horizontal(PRINCIPAL, f"reste_{LEGAUX}"),
        pl.min_horizontal(CINQUIEME, apres),
        *(pl.min_horizontal(nom, f"reste_{nom}") for nom in SOLDES[1:]),
    )


def list_lost(
    evenements: pl.DataFrame, droits: pl.DataFrame, couverts: pl.DataFrame
) -> pl.DataFrame:
    """Takings of leave years of which nothing is certified any more: worth nothing, as `_totals`.

    A leave year that waits (`couverts`, without a row of `droits`) has none: what was paid of it
    stands until its rights are known again (L-76). Both methods give as much: A.
    """
    perdus = evenements.join(pl.concat([droits.select(EXERCICE), couverts.select(EXERCICE)]),
                             on=EXERCICE, how="anti")  # fmt: skip
    nuls = ("indemnite_exercice_centimes", "indemnite_due_centimes", "prime_due_centimes",
            "fractionnement_du_centimes")  # fmt: skip
    return perdus.select(
        *PRISE, "salarie", "sens", "ordre", pl.lit(A).alias("methode"), *_zeros(nuls)
    ).sort("salarie", "exercice", "ordre")


def _value(courants: pl.DataFrame) -> pl.DataFrame:
    """Days and amounts of takings, `avant_*` telling what was taken and due before them."""
    legaux = pl.col(PRINCIPAL) + pl.col(CINQUIEME)
    reste_prime = pl.max_horizontal(
        pl.col("jours_a_prime") - pl.col(f"avant_jours_prime_{PRINCIPAL}"), 0
    )
    avec_prime = pl.when("prime_due")
    avec_jours = courants.with_columns(
        legaux.alias(f"jours_{LEGAUX}"),
        *(pl.col(nom).alias(f"jours_{nom}") for nom in SOLDES[1:]),
        pl.min_horizontal(PRINCIPAL, reste_prime).alias(f"jours_prime_{PRINCIPAL}"),
        *(avec_prime.then(nom).otherwise(0).alias(f"jours_prime_{nom}") for nom in A_PRIME[1:]),
    )
    du_legal = _worth(pl.col(PRINCIPAL)) + _worth(pl.col(CINQUIEME))
    # Below 63 h the whole is paid without a day; a leave that took some is worth nothing then.
    sans_jour = pl.col("sans_jour") & (pl.col("jours_legaux") == 0)
    total = pl.col("indemnite_exercice_centimes")
    entier = pl.when(sans_jour).then(total)
    return avec_jours.with_columns(
        entier.otherwise(_balanced(LEGAUX, du_legal, total)).alias(f"montant_{LEGAUX}"),
        *(
            _balanced(nom, _worth(pl.col(nom)), _worth(pl.col(f"acquis_{nom}"))).alias(
                f"montant_{nom}"
            )
            for nom in SOLDES[1:]
        ),
        *(_bonus(nom).alias(f"prime_{nom}") for nom in A_PRIME),
    )


def _worth(jours: pl.Expr, taux: pl.Expr | None = None) -> pl.Expr:
    """Days at the daily amount, or that share of it, rounded."""
    produit = jours.cast(pl.Int128) * pl.col("indemnite_exercice_centimes")
    diviseur = pl.max_horizontal(pl.col("acquis_LEGAUX"), 1).cast(pl.Int128)
    if taux is None:
        return rounded_quotient(produit, diviseur)
    return rounded_quotient(produit * taux, diviseur * PPM)


def _balanced(nom: str, montant: pl.Expr, total: pl.Expr) -> pl.Expr:
    """`montant`; what is left of `total` for the taking that ends the days, at a constant pay."""
    pris = pl.col(f"jours_{nom}")
    acheve = (pris > 0) & (pl.col(f"avant_jours_{nom}") + pris == pl.col(f"acquis_{nom}"))
    solde = total - pl.col(f"avant_montant_{nom}")
    return pl.when(acheve & pl.col("constante")).then(solde).otherwise(montant)


def _bonus(nom: str) -> pl.Expr:
    """The bonus of the days that bear one; the balance comes with the last of them."""
    total = pl.col("jours_a_prime") if nom == PRINCIPAL else pl.col(f"acquis_{nom}")
    pris, avant = pl.col(f"jours_prime_{nom}"), pl.col(f"avant_jours_prime_{nom}")
    taux = pl.col("taux_prime")
    acheve = (pris > 0) & (avant + pris == total) & pl.col("constante")
    solde = _worth(total, taux) - pl.col(f"avant_prime_{nom}")
    return pl.when(acheve).then(solde).otherwise(_worth(pris, taux))


def _mirror(courants: pl.DataFrame, faits: list[pl.DataFrame]) -> pl.DataFrame:
    """What the mirrored taking moved, with the opposite sign."""
    if courants.is_empty() or not faits:
        return _value(courants)
    origines = pl.concat(faits).filter(pl.col("sens") > 0)
    opposes = origines.select(
        *PRISE, *(-pl.col(nom) for nom in MOUVEMENTS),
        methode="methode", indemnite_exercice_centimes="indemnite_exercice_centimes",
    )  # fmt: skip
    return (
        courants.drop("methode", "indemnite_exercice_centimes")
        .join(opposes, on=PRISE, how="inner", maintain_order="left")
        .select(_value(courants.clear()).columns)
    )


def _totals(evenements: pl.DataFrame) -> pl.DataFrame:
    return evenements.select(
        *PRISE, "salarie", "sens", "ordre", "methode", "indemnite_exercice_centimes",
        indemnite_due_centimes=pl.sum_horizontal(MONTANTS),
        prime_due_centimes=pl.sum_horizontal(PRIMES),
        fractionnement_du_centimes=pl.col(f"montant_{FRACTIONNEMENT}")
        + pl.col(f"prime_{FRACTIONNEMENT}"),
    ).sort("salarie", "exercice", "ordre")  # fmt: skip
