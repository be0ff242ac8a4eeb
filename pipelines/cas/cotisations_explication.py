"""Why each amount of a call: bases summed, rate and source, rounding, what was already called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.cotisations.regles_appels import COMPLEMENTAIRE, ESTIME, INITIAL
from pipelines.cotisations.regles_assiettes import LIGNE
from pipelines.declarations.regles import RETENUE
from pipelines.publication.documents.formats import (
    format_date,
    format_entier,
    format_euros,
    format_mois,
    format_taux,
)
from specs.baremes import read_baremes, read_taux
from specs.messages import read_message
from specs.montants import PPM, round_half_away

NATURES = {INITIAL: "initial", ESTIME: "estimé", COMPLEMENTAIRE: "complémentaire"}
Tables = Mapping[str, pl.DataFrame]


def explain(tables: Tables, publiees: pl.DataFrame) -> Iterator[str]:
    """Sentences, in French: each call and its lines, then what does not count and why."""
    for appel in tables["appels"].iter_rows(named=True):
        mois = format_mois(appel["mois_appel"])
        yield (
            f"Appel {appel['appel']} ({NATURES[appel['nature']]}) de {mois}, "
            f"exigible le {format_date(appel['date_exigibilite'])} : "
            f"{format_euros(appel['montant_centimes'])}"
        )
        lignes = tables["lignes_appel"].filter(pl.col("appel") == appel["appel"])
        for ligne in lignes.iter_rows(named=True):
            yield from (f"  {phrase}" for phrase in _explain_ligne(ligne, tables, publiees))
    if tables["appels"].is_empty():
        yield "Aucun appel à émettre."
    yield from _explain_waiting(tables)


def _explain_ligne(ligne: dict[str, Any], tables: Tables, publiees: pl.DataFrame) -> Iterator[str]:
    bareme = read_baremes()[ligne["cotisation"]]
    codes = [code for code, _ in bareme.cotisation.bases] if bareme.cotisation else []
    yield f"{bareme.libelle} ({bareme.code}), rattachée à {format_mois(ligne['mois_rattachement'])}"
    bases = _same(tables["bases"].with_columns(cotisation=pl.lit(bareme.code)), ligne).filter(
        (pl.col("statut") == RETENUE) & pl.col("code_base").is_in(codes)
    )
    cumul = int(bases["quantite"].sum())
    for base in bases.iter_rows(named=True):
        lieu = f"SIRET {base['siret']}, dépôt {base['depot']}, base n° {base['ligne']}"
        yield f"  {format_euros(base['quantite'])} ({lieu})"
    yield f"  base {', '.join(codes)} : {format_euros(cumul)}"
    yield f"  taux : {_explain_taux(ligne)}"
    exact, arrondi = cumul * ligne["taux_ppm"], round_half_away(cumul * ligne["taux_ppm"], PPM)
    yield f"  produit exact {_format_exact(exact)}, arrondi au centime : {format_euros(arrondi)}"
    deja = _same(publiees, ligne)
    if not deja.is_empty():
        montant = int(deja["montant_centimes"].sum())
        yield (
            f"  déjà appelé : {format_euros(montant)} sur une base de "
            f"{format_euros(int(deja['base_centimes'].sum()))}"
        )
        yield (
            f"  différence appelée : {format_euros(ligne['montant_centimes'])} sur une base de "
            f"{format_euros(ligne['base_centimes'])}"
        )


def _same(frame: pl.DataFrame, ligne: dict[str, Any]) -> pl.DataFrame:
    """Rows of `frame` that bear the key of a line of call."""
    return frame.filter(*(pl.col(nom) == ligne[nom] for nom in LIGNE))


def _explain_taux(ligne: dict[str, Any]) -> str:
    mois = ligne["mois_rattachement"]
    periodes = read_taux().filter(
        pl.col("cotisation") == ligne["cotisation"],
        pl.col("debut") <= mois,
        pl.col("fin").is_null() | (pl.col("fin") >= mois),
    )
    taux = format_taux(ligne["taux_ppm"])
    for periode in periodes.iter_rows(named=True):
        return f"{taux}, depuis {format_mois(periode['debut'])} ({periode['source']})"
    return f"{taux}, celui du dernier appel publié"


def _explain_waiting(tables: Tables) -> Iterator[str]:
    """Lines without a rate, bases left out, declarations that do not count or wait."""
    for ligne in tables["lignes_en_attente"].iter_rows(named=True):
        base = ligne["base_centimes"]
        quoi = "base inconnue" if base is None else format_euros(base)
        yield (
            f"En attente : {quoi} de {ligne['cotisation']} rattachés à "
            f"{format_mois(ligne['mois_rattachement'])}, faute de valeur pour {ligne['manque']}"
        )
    for base in tables["bases"].filter(pl.col("motif").is_not_null()).iter_rows(named=True):
        montant = format_euros(base["quantite"])
        yield f"Base n° {base['ligne']} de {montant} : {base['statut']}, {_motif(base['motif'])}"
    declarations = tables["declarations"].filter(pl.col("statut") != RETENUE)
    for d in declarations.iter_rows(named=True):
        motif = f", {_motif(d['motif'])}" if d["motif"] else f", nature {d['nature']}"
        yield f"Déclaration {d['depot']} (fraction {d['fraction']}) : {d['statut']}{motif}"


def _motif(code: str) -> str:
    if not code.startswith("CP-"):
        return "annulée et remplacée"
    return f"{read_message(code).titre} ({code})"


def _format_exact(produit: int) -> str:
    """Cents times parts per million -> euros with every decimal (two at least)."""
    euros, reste = divmod(abs(produit), 100 * PPM)
    signe = "\u2212" if produit < 0 else ""
    decimales = f"{reste:08d}".rstrip("0")
    return f"{signe}{format_entier(euros)},{decimales:0<2}\u202f€"
