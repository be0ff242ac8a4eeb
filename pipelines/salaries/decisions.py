"""What officers decide of the identifiers of employees: to merge two of them, to set one apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.salaries.lecture import read_sources
from pipelines.salaries.regles.liens import DECIDES, NOEUD
from specs.contrats import codes_of
from warehouse.decisions import DecisionRefusee, Nature, is_texte, read_en_vigueur
from warehouse.maison import Maison

DE_SALARIE = FUSION, SEPARATION = codes_of(
    "decisions", "nature", "FUSION_SALARIE", "SEPARATION_SALARIE"
)


def read_decides(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """DECIDES: the decisions about employees, up to the number `derniere`, or all."""
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion, derniere)
    siennes = prises.filter(pl.col("nature").is_in(DE_SALARIE))
    lignes = [
        (numero, siren, dit["identifiant"], dit.get("salarie"))
        for numero, siren, contenu in siennes.select("numero", "siren", "contenu").iter_rows()
        for dit in (json.loads(contenu),)
    ]
    return pl.DataFrame(lignes, DECIDES, orient="row").sort("numero")


def compute_effet(
    maison: Maison, siren: str | None, identifiant: str, salarie: str | None
) -> pl.DataFrame:
    """What a decision would change of what was declared: sorted by company and identifier.

    Args:
        maison: home of the engine.
        siren: the company in which it would hold; all of them when None.
        identifiant: the identifier that would designate `salarie`, or itself alone when None.
        salarie: see `identifiant`.

    Returns:
        siren, identifiant, avant and apres (employees), premier_mois, dernier_mois (declared).

    Raises:
        DecisionRefusee: nobody declared one of the two.
    """
    prises = read_decides(maison, None)
    numero = (prises["numero"].max() or 0) + 1  # type: ignore[operator]
    decision = pl.DataFrame([(numero, siren, identifiant, salarie)], DECIDES, orient="row")
    sources = read_sources(maison, pl.concat([prises, decision]))
    _check_known(sources.identites, siren, identifiant, salarie)
    apres = _designated(sources.compute(), "apres")
    avant = _designated(read_sources(maison, prises).compute(), "avant")
    mois = sources.identites.group_by("siren", identifiant="salarie").agg(
        pl.col("premier_mois").min(), pl.col("dernier_mois").max()
    )
    declare = pl.col("identifiant")
    return (
        mois.join(avant, on=NOEUD, how="left")
        .join(apres, on=NOEUD, how="left")
        .with_columns(pl.coalesce("avant", declare), pl.coalesce("apres", declare))
        .filter(pl.col("avant") != pl.col("apres"))
        .select(*NOEUD, "avant", "apres", "premier_mois", "dernier_mois")
        .sort(NOEUD)
    )


def _designated(liens: pl.DataFrame, nom: str) -> pl.DataFrame:
    return liens.select(*NOEUD, pl.col("salarie").alias(nom))


def _check_known(
    identites: pl.DataFrame, siren: str | None, identifiant: str, salarie: str | None
) -> None:
    declares = identites if siren is None else identites.filter(siren=siren)
    connus = {"identifiant": declares, "salarie": identites}
    demandes = {"identifiant": identifiant, "salarie": salarie}
    inconnus = [
        f"{nom} : personne n'a été déclaré sous ce pseudonyme (voir caisse salaries)"
        for nom, valeur in demandes.items()
        if valeur is not None and connus[nom].filter(salarie=valeur).is_empty()
    ]
    if inconnus:
        raise DecisionRefusee(inconnus)


def _check_fusion(contenu: Mapping[str, Any]) -> Iterator[str]:
    complet = set(contenu) == {"identifiant", "salarie"}
    if not complet or not all(is_texte(valeur) for valeur in contenu.values()):
        yield "contenu : l'identifiant et le salarié sont attendus, et eux seuls"
    elif contenu["identifiant"] == contenu["salarie"]:
        yield "salarie : c'est déjà l'identifiant"


def _check_separation(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"identifiant"} or not is_texte(contenu["identifiant"]):
        yield "contenu : l'identifiant est attendu, et lui seul"


NATURES = (
    Nature(FUSION, "fusion de deux salariés", frozenset(), _check_fusion),
    Nature(SEPARATION, "séparation d'un salarié", frozenset(), _check_separation),
)
