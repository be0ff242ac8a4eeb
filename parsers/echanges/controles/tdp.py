"""Wage returns: what is incoherent (7, 9) and the TD codes that the file alone decides (10)."""

from __future__ import annotations

import polars as pl

from parsers.echanges.controles.examen import Examen, Fait
from parsers.echanges.lignes import PORTEUR
from parsers.echanges.zones import RANG
from specs.baremes import ValeurManquante, valeur_at
from specs.periodes import Mois

RELEVE, BASE = "45", "46"
PLAFONNEE = "34"
PLAFOND = "PLAFOND_SECURITE_SOCIALE", "montant_mensuel_centimes"
CLE = ("v_att_month", "category", "base_code")


def check_coherence(examen: Examen) -> None:
    """F015: a month of call that comes after that of the creation of the file."""
    cree_en = pl.col("entete_created")
    mois = pl.format("{}-{}", cree_en.str.head(4), cree_en.str.slice(4, 2))
    attendu = pl.format("au plus {}", cree_en.str.head(6))
    apres = pl.col("v_month") > mois
    examen.tell(examen.lignes, RELEVE, Fait("F015", "MONTH", "borne", apres, attendu))


def check_affaires(examen: Examen) -> None:
    """TD-003 two bases of one key; TD-002 a capped base above the ceiling."""
    bases = examen.frames[BASE]
    effectifs = examen.lignes.select(pl.col(RANG).alias(PORTEUR), "v_n_employees")
    plafonds = pl.col("v_att_month").replace_strict(
        _ceilings(bases["v_att_month"]), default=None, return_dtype=pl.Int64
    )
    au_plus = plafonds * pl.col("v_n_employees")
    depasse = (pl.col("base_code") == PLAFONNEE) & (pl.col("v_base") > au_plus)
    examen.tell(
        bases.join(effectifs, on=PORTEUR, maintain_order="left"),
        BASE,
        Fait("TD-003", "BASE", None, ~pl.struct(PORTEUR, *CLE).is_first_distinct()),
        Fait("TD-002", "BASE", None, depasse, au_plus.cast(pl.String)),
    )


def _ceilings(mois: pl.Series) -> dict[str, int]:
    """Monthly ceilings that are known, in cents."""
    plafonds = {}
    for texte in mois.drop_nulls().unique():
        try:
            plafonds[texte] = valeur_at(*PLAFOND, Mois.parse(texte))
        except ValeurManquante:
            continue
    return plafonds
