"""What the new calls say of a deposit, as values for its report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.cotisations.documents.valeurs import DejaAppele, EffetAppel, LigneAppel
from specs.baremes import read_baremes
from specs.contrats import codes_of

MOIS_CDG = ["cdg", "mois_appel"]
LIGNE = (*MOIS_CDG, "mois_rattachement", "cotisation")
SOMMES = ("base_centimes", "abattement_centimes", "montant_centimes")
(RETENUE,) = codes_of("declarations", "statut", "RETENUE")
Cle = tuple[str, str]  # centre, month of the call
Deja = Mapping[tuple[object, ...], DejaAppele]
CHAMPS_LIGNE = (
    "mois_rattachement",
    "cotisation",
    "base_brute_centimes",
    "heures_centiemes",
    "refaction_ppm",
    "coefficient_ppm",
    "base_centimes",
    "abattement_centimes",
    "taux_ppm",
    "montant_centimes",
)


def compute_effets(
    declarations: pl.DataFrame,
    appels: pl.DataFrame,
    lignes: pl.DataFrame,
    presentes: pl.DataFrame,
) -> tuple[EffetAppel, ...]:
    """What a test would change: the new calls of the centres and months that it declares.

    `presentes`: the lines called so far, beside each of its own; it names no call.
    """
    deja = _sum_called(presentes)
    vises = declarations.filter(statut=RETENUE).select(MOIS_CDG).unique()
    effets = index_effets(appels.join(vises, on=MOIS_CDG, how="semi"), lignes, deja)
    return tuple(replace(effet, appel=None) for effet in find_effets(declarations, effets))


def index_effets(
    appels: pl.DataFrame, lignes: pl.DataFrame, deja: Deja | None = None
) -> Mapping[Cle, tuple[EffetAppel, ...]]:
    """The new calls with their lines, by centre and month; `deja`: what is called so far."""
    siennes = lignes.sort("mois_rattachement", "cotisation").partition_by("appel", as_dict=True)
    effets: dict[Cle, list[EffetAppel]] = defaultdict(list)
    for appel in appels.sort("appel").iter_rows(named=True):
        dites = siennes.get((appel["appel"],), lignes.clear()).iter_rows(named=True)
        effets[appel["cdg"], appel["mois_appel"]].append(
            EffetAppel(
                cdg=appel["cdg"],
                mois_appel=appel["mois_appel"],
                appel=appel["appel"],
                nature=appel["nature"],
                date_exigibilite=appel["date_exigibilite"],
                lignes=tuple(compose_ligne(ligne, deja=_find_deja(ligne, deja)) for ligne in dites),
            )
        )
    return {cle: tuple(siens) for cle, siens in effets.items()}


def find_effets(
    declarations: pl.DataFrame, effets: Mapping[Cle, tuple[EffetAppel, ...]]
) -> tuple[EffetAppel, ...]:
    """The new calls of the centres and months that these declarations name, by call."""
    dites = declarations.select("statut", *MOIS_CDG).iter_rows()
    vises = {(cdg, mois) for statut, cdg, mois in dites if statut == RETENUE}
    trouves = [effet for cle in vises for effet in effets.get(cle, ())]
    return tuple(sorted(trouves, key=lambda effet: effet.appel or ""))


def _find_deja(ligne: Mapping[str, Any], deja: Deja | None) -> DejaAppele | None:
    return deja.get(tuple(ligne[nom] for nom in LIGNE)) if deja else None


def _sum_called(lignes: pl.DataFrame) -> Deja:
    """What is called so far, by centre, months and contribution."""
    sommes = lignes.group_by(LIGNE).agg(pl.col(SOMMES).sum())
    return {
        rangee[: len(LIGNE)]: DejaAppele(*rangee[len(LIGNE) :])
        for rangee in sommes.select(*LIGNE, *SOMMES).iter_rows()
    }


def compose_ligne(ligne: Mapping[str, Any], **provenance: Any) -> LigneAppel:  # noqa: ANN401
    """A line of call (contract `lignes_appel`), with whatever is known of its provenance."""
    return LigneAppel(
        libelle=read_baremes()[ligne["cotisation"]].libelle,
        **{champ: ligne[champ] for champ in CHAMPS_LIGNE},
        **provenance,
    )
