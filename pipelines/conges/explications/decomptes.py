"""A statement of payment: the days taken, the right they are of, each withholding (pure checks)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.conges.explications.valeurs import Decompte
from pipelines.dus import without_heritier
from pipelines.explications.lecture import Lecteur
from pipelines.explications.valeurs import Ecart, Rangee
from specs.contrats import PART, codes_of, read_contrat
from specs.montants import PPM, round_half_away

CSGD, CSGN, PAS = codes_of("lignes_decompte", "code", "CSGD", "CSGN", "PAS")
(PAIEMENT,) = codes_of("decomptes", "motif", "PAIEMENT")
PRISE = ("siren", "demande", "exercice", "tour")


def compose_decompte(lecteur: Lecteur, rangee: Rangee) -> Decompte:
    """What the publication that issued a statement holds of it."""
    salarie = pl.col("salarie") == rangee["salarie"]
    prises = [pl.col(nom) == rangee[nom] for nom in PRISE]
    sens = -1 if rangee["annule"] else 1
    droits = lecteur.read(
        "droits",
        salarie,
        pl.col("exercice") == rangee["exercice"],
        pl.col("indemnite_centimes") == rangee["indemnite_exercice_centimes"],
    ).collect()
    payes = lecteur.read("reglements_dus", without_heritier(pl.col("du")) == rangee["decompte"])
    virements = lecteur.read("reglements", salarie).join(
        payes.select("reglement"), on="reglement", how="semi"
    )
    return Decompte(
        decompte=rangee,
        lignes=_rows(lecteur.read("lignes_decompte", pl.col("decompte") == rangee["decompte"]),
                     "lignes_decompte"),
        prises=_rows(lecteur.read("prises_conges", *prises, pl.col("sens") == sens),
                     "prises_conges"),
        droit=droits.row(0, named=True) if droits.height else None,
        virements=_rows(virements, "reglements"),
    )  # fmt: skip


def _rows(lues: pl.LazyFrame, table: str) -> tuple[Rangee, ...]:
    return tuple(lues.drop(PART).collect().sort(read_contrat(table).cle).to_dicts())


def check_decompte(d: Decompte) -> Iterator[Ecart]:
    """What of a statement is not found again: gross, each line by its base and rate, net."""
    ligne, nom = d.decompte, d.decompte["decompte"]
    brut = ligne["indemnite_centimes"] + ligne["prime_centimes"]
    net = ligne["brut_centimes"] - sum(retenue["montant_centimes"] for retenue in d.lignes)
    for quoi, refait, champ in (("brut", brut, "brut_centimes"), ("net", net, "net_centimes")):
        if refait != ligne[champ]:
            yield Ecart(nom, quoi, refait, ligne[champ])
    par_code = {retenue["code"]: retenue for retenue in d.lignes}
    for code, retenue in par_code.items():
        if code == PAS and not retenue["montant_centimes"] and _is_of_a_closed_year(ligne):
            continue
        refait_ligne = compute_line(retenue, par_code.get(CSGD))
        if refait_ligne is not None and refait_ligne != retenue["montant_centimes"]:
            yield Ecart(f"{nom}, {code}", "retenue", refait_ligne, retenue["montant_centimes"])


def _is_of_a_closed_year(ligne: Rangee) -> bool:
    """Whether the tax of the year of the payment may be past: what mends one, or redoes it."""
    return bool(ligne["motif"] != PAIEMENT or ligne["tour"])


def compute_line(retenue: Rangee, deductible: Rangee | None) -> int | None:
    """Base x rate, rounded once; None for what has no rate.

    What of the CSG is not deductible is the whole, rounded, less the deductible part (L-06).
    """
    taux, assiette = retenue["taux_ppm"], retenue["assiette_centimes"]
    if taux is None:
        return None
    if retenue["code"] == CSGN and deductible is not None:
        entiere = round_half_away(assiette * (taux + deductible["taux_ppm"]), PPM)
        return int(entiere - deductible["montant_centimes"])
    return round_half_away(assiette * taux, PPM)
