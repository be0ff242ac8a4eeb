"""Why each amount of a call: bases summed, rate and source, rounding, what was already called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.cotisations.regles_appels import COMPLEMENTAIRE, ESTIME, INITIAL
from pipelines.cotisations.regles_assiettes import LIGNE
from pipelines.cotisations.valeurs import SALAIRE
from pipelines.declarations.regles import RETENUE
from pipelines.publication.documents.formats import (
    format_date,
    format_entier,
    format_euros,
    format_heures,
    format_mois,
    format_taux,
)
from specs.baremes import Bareme, read_taux
from specs.connaissances import Connaissances
from specs.messages import read_message
from specs.montants import PPM
from specs.periodes import Mois

NATURES = {INITIAL: "initial", ESTIME: "estimé", COMPLEMENTAIRE: "complémentaire"}
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Calcul:
    """What the lines of the new calls come from.

    `tables`: what the case gives; `calculees`: every line from scratch; `publiees`: lines already
    called.
    """

    tables: Tables
    calculees: pl.DataFrame
    publiees: pl.DataFrame
    savoir: Connaissances


def explain(calcul: Calcul) -> Iterator[str]:
    """Sentences, in French: each call and its lines, then what does not count and why."""
    tables = calcul.tables
    for appel in tables["appels"].iter_rows(named=True):
        mois = format_mois(appel["mois_appel"])
        yield (
            f"Appel {appel['appel']} ({NATURES[appel['nature']]}) de {mois}, "
            f"exigible le {format_date(appel['date_exigibilite'])} : "
            f"{format_euros(appel['montant_centimes'])}"
        )
        lignes = tables["lignes_appel"].filter(pl.col("appel") == appel["appel"])
        for ligne in lignes.iter_rows(named=True):
            yield from (f"  {phrase}" for phrase in _explain_ligne(ligne, calcul))
    if tables["appels"].is_empty():
        yield "Aucun appel à émettre."
    yield from _explain_waiting(tables)


def _explain_ligne(ligne: dict[str, Any], calcul: Calcul) -> Iterator[str]:
    bareme = calcul.savoir.baremes[ligne["cotisation"]]
    yield f"{bareme.libelle} ({bareme.code}), rattachée à {format_mois(ligne['mois_rattachement'])}"
    for calculee in _same(calcul.calculees, ligne).iter_rows(named=True):
        yield from _explain_base(calculee, bareme, calcul)
        yield from _explain_abattement(calculee, bareme, calcul.tables)
        yield f"  taux : {_explain_taux(calculee, calcul.savoir)}"
        exact = calculee["taux_ppm"] * (calculee["base_centimes"] - calculee["abattement_centimes"])
        yield (
            f"  produit exact {_format_exact(exact)}, arrondi au centime : "
            f"{format_euros(calculee['montant_centimes'])}"
        )
    deja = _same(calcul.publiees, ligne)
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


def _explain_base(ligne: dict[str, Any], bareme: Bareme, calcul: Calcul) -> Iterator[str]:
    """The bases of the DSN one by one, their sum, what the share of mixed activity leaves."""
    codes = [code for code, _ in bareme.cotisation.bases] if bareme.cotisation else []
    bases = _same(
        calcul.tables["bases"].with_columns(cotisation=pl.lit(bareme.code)), ligne
    ).filter((pl.col("statut") == RETENUE) & pl.col("code_base").is_in(codes))
    heures = ligne["heures_centiemes"]
    ecrire = format_euros if heures is None else format_heures
    for base in bases.iter_rows(named=True):
        lieu = f"SIRET {base['siret']}, dépôt {base['depot']}, base n° {base['ligne']}"
        yield f"  {ecrire(base['quantite'])} ({lieu})"
    brute, nom = format_euros(ligne["base_brute_centimes"]), " ou ".join(codes)
    if heures is None:
        yield f"  base {nom} : {brute}"
    else:
        salaire = bareme.find(SALAIRE, Mois.parse(ligne["mois_rattachement"])) or 0
        yield (
            f"  base {nom} : {format_heures(heures)} à {format_euros(salaire)} de salaire horaire "
            f"de référence, soit {brute}"
        )
    if ligne["base_centimes"] != ligne["base_brute_centimes"]:
        yield (
            f"  part retenue {format_taux(ligne['refaction_ppm'])}, coefficient "
            f"{format_taux(ligne['coefficient_ppm'])}, base arrondie une fois : "
            f"{format_euros(ligne['base_centimes'])}"
        )


def _explain_abattement(ligne: dict[str, Any], bareme: Bareme, tables: Tables) -> Iterator[str]:
    """The cumul of the company at the month of call, and the part of it that the line bears."""
    if bareme.cotisation is None or bareme.cotisation.cumul is None:
        return
    cumuls = tables["cumuls_cotisations"].filter(
        pl.col("siren") == ligne["siren"],
        pl.col("cumul") == bareme.cotisation.cumul,
        pl.col("mois_appel") == ligne["mois_appel"],
    )
    for cumul in cumuls.iter_rows(named=True):
        yield (
            f"  {cumul['cumul']} {cumul['periode']} : bases cumulées de l'entreprise "
            f"{format_euros(cumul['cumul_centimes'])}, droit "
            f"{format_euros(cumul['droit_centimes'])} ({cumul['strategie']}), au-delà "
            f"{format_euros(cumul['assiette_cumulee_centimes'])}, dont ce mois "
            f"{format_euros(cumul['assiette_centimes'])}"
        )
    assiette = ligne["base_centimes"] - ligne["abattement_centimes"]
    yield (
        f"  moins {format_euros(ligne['abattement_centimes'])} qui ne sont pas dus, assiette : "
        f"{format_euros(assiette)}"
    )


def _same(frame: pl.DataFrame, ligne: dict[str, Any]) -> pl.DataFrame:
    """Rows of `frame` that bear the key of a line of call."""
    return frame.filter(*(pl.col(nom) == ligne[nom] for nom in LIGNE))


def _explain_taux(ligne: dict[str, Any], savoir: Connaissances) -> str:
    mois = ligne["mois_rattachement"]
    periodes = read_taux(savoir.baremes).filter(
        pl.col("cotisation") == ligne["cotisation"],
        pl.col("taux_ppm") == ligne["taux_ppm"],
        pl.col("debut") <= mois,
        pl.col("fin").is_null() | (pl.col("fin") >= mois),
    )
    taux = format_taux(ligne["taux_ppm"])
    for periode in periodes.iter_rows(named=True):
        return f"{taux}, depuis {format_mois(periode['debut'])} ({periode['source']})"
    return f"{taux}, propre au centre de gestion ou au mois de l'appel"


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
