"""The decision that names the heirs of a deceased employee for the leave that is left to him."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.conges.decisions import NATURES as DECIDEES
from pipelines.conges.decisions import read_demande
from pipelines.heritiers import HERITIERS
from specs.montants import PPM
from specs.typographie import format_taux
from warehouse.decisions import Nature, is_texte
from warehouse.maison import Maison
from warehouse.registre import read_comptes_bancaires, read_mandats

DEMANDE, PARTS, CHAMPS = "demande", "heritiers", {"compte", "part_ppm"}
COMPENSATRICE = "CO"


class HeritiersRefuses(ValueError):  # noqa: N818 - named in French
    """The heirs can't be paid so; the message says why, in French."""


def compose_heritiers(
    maison: Maison, siren: str, reference: str, parts: Sequence[tuple[str, int]]
) -> tuple[dict[str, Any], str]:
    """Arguments of the decision, and its effect in a sentence.

    `parts`: accounts of the registry, of this company, each with its share in millionths.

    Raises:
        DemandeInconnue: the company has no request in force of this reference.
        HeritiersRefuses: another nature of request, an account that is not there for that.
    """
    nature, _ = read_demande(maison, siren, reference)
    if nature != COMPENSATRICE:
        raise HeritiersRefuses("demande : une compensatrice (NATURE CO) est attendue")
    with maison.moteur.connect() as connexion:
        comptes = read_comptes_bancaires(connexion, None).filter(siren=siren)
        debites = read_mandats(connexion, None)["compte"]
    libres = comptes.filter(
        ~pl.col("remboursements").fill_null(value=False),
        ~pl.col("compte").is_in(debites.implode()),
    )
    masques = dict(libres.select("compte", "iban_masque").iter_rows())
    inconnus = [compte for compte, _ in parts if compte not in masques]
    if inconnus:
        raise HeritiersRefuses(
            f"compte {inconnus[0]} : à inscrire au registre (comptes_bancaires) sous ce SIREN, au"
            " nom de l'héritier, sans mandat ni « remboursements »"
        )
    dits = ", ".join(f"{format_taux(part)} sur {masques[compte]}" for compte, part in parts)
    effet = (
        "Tous les jours qui restent au salarié décédé seront payés à ses héritiers, les compteurs"
        f" ramenés à zéro : {dits}."
    )
    heritiers = [{"compte": compte, "part_ppm": part} for compte, part in parts]
    return {"siren": siren, "contenu": {DEMANDE: reference, PARTS: heritiers}}, effet


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    heritiers = contenu.get(PARTS)
    if set(contenu) != {DEMANDE, PARTS} or not is_texte(contenu[DEMANDE]) or not heritiers:
        yield "contenu : la demande et les héritiers sont attendus"
        return
    if any(set(h) != CHAMPS or not is_texte(h["compte"]) for h in heritiers):
        yield "héritiers : un compte du registre et une part chacun"
        return
    if len({h["compte"] for h in heritiers}) < len(heritiers):
        yield "héritiers : chaque compte une fois"
    if any(h["part_ppm"] <= 0 for h in heritiers) or sum(h["part_ppm"] for h in heritiers) != PPM:
        yield "héritiers : des parts dont la somme est 100 %"


NATURES = (
    *DECIDEES,
    Nature(
        HERITIERS,
        "congés d'un salarié décédé, payés à ses héritiers",
        frozenset({"siren"}),
        _check_contenu,
    ),
)
