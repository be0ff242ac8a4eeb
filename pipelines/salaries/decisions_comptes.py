"""What officers decide of the account of an employee: its holder is the employee all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.salaries.regles.comptes import A_CONFIRMER, CONFIRMES
from specs.contrats import codes_of
from warehouse.decisions import Nature, is_texte, read_en_vigueur
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

(TITULAIRE_CONFIRME,) = codes_of("decisions", "nature", "TITULAIRE_CONFIRME")
CHAMPS = {"salarie", "compte"}


class CompteInconnu(LookupError):  # noqa: N818 - named in French
    """No published account that waits for its holder to be confirmed has this name."""


def read_confirmes(maison: Maison, derniere: int | None) -> pl.DataFrame:
    """CONFIRMES: the holders confirmed, up to the decision of this number, or all; by key."""
    with maison.moteur.connect() as connexion:
        prises = read_en_vigueur(connexion, derniere).filter(nature=TITULAIRE_CONFIRME)
    lignes = [
        (dit["salarie"], dit["compte"], numero)
        for numero, contenu in prises.select("numero", "contenu").iter_rows()
        for dit in (json.loads(contenu),)
    ]
    confirmes = pl.DataFrame(lignes, CONFIRMES, orient="row")
    return confirmes.group_by("salarie", "compte").agg(pl.col("decision").min()).sort(pl.all())


def compose_confirmation(maison: Maison, nom: str) -> dict[str, Any]:
    """Arguments of the decision about the account that a line told: `nom` is `<depot>-<rang>`.

    Raises:
        CompteInconnu: no published account that waits for it has this name.
    """
    lu = pl.format("{}-{}", "depot", "rang") == nom
    comptes = read_table_publiee(maison, "comptes_salaries").filter(lu, etat=A_CONFIRMER).collect()
    if comptes.is_empty():
        raise CompteInconnu(
            "compte : aucun n'est à confirmer sous ce nom (voir caisse comptes-salaries)"
        )
    compte = comptes.row(0, named=True)
    return {"siren": compte["siren"], "contenu": {champ: compte[champ] for champ in CHAMPS}}


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != CHAMPS or not all(is_texte(valeur) for valeur in contenu.values()):
        yield "contenu : le salarié et le compte sont attendus, et eux seuls"


NATURES = (
    Nature(
        TITULAIRE_CONFIRME,
        "titulaire d'un compte confirmé",
        frozenset({"siren"}),
        _check_contenu,
    ),
)
