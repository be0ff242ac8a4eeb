"""What the bank says of our own debits: settled, returned, or refused before settlement.

A debit is told by its end-to-end reference; else by its batch, whose total must be that of its
debits; else by its mandate and amount. It is settled once and returned once: told again, whatever
the references, it is a double. Movements are taken in the order they arrived, so that what was said
yesterday is not said otherwise today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from parsers.banque.mouvements import PRELEVEMENT, REJET, RETOUR
from pipelines.reglements.regles.identifiants import batch_identifier

DOUBLE = "DOUBLE"
SIGNES = {PRELEVEMENT: 1, RETOUR: -1, REJET: 0}
INCONNU = "aucun prélèvement de la caisse n'a cette référence"
MONTANT = "le montant n'est pas celui du prélèvement"
TOTAL = "le total du lot n'est pas celui de ses prélèvements"
SCHEMA_LIENS = pl.Schema(
    {
        "depot": pl.String,
        "rang": pl.Int64,
        "prelevement": pl.String,
        "nature": pl.String,
        "montant_centimes": pl.Int64,
        "affectation": pl.String,
    }
)
SCHEMA_ECHECS = pl.Schema({"depot": pl.String, "rang": pl.Int64, "motif": pl.String})
SCHEMA_DOUBLES = pl.Schema({"depot": pl.String, "rang": pl.Int64, "origine": pl.String})

Ligne = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Debits:
    """What movements say of debits (`liens`, several a batch), those that say nothing usable."""

    liens: pl.DataFrame
    echecs: pl.DataFrame
    doubles: pl.DataFrame


@dataclass(slots=True)
class _Suivi:
    """Debits by each of their references, and what was already said of them."""

    prelevements: dict[str, Ligne]
    lots: dict[str, list[str]]
    mandats: dict[tuple[str, int], list[str]]
    dits: dict[tuple[str, str], str] = field(default_factory=dict)

    def already(self, prelevement: str, nature: str) -> str | None:
        """The movement that said it, None when none did."""
        return self.dits.get((prelevement, nature))

    def free(self, prelevements: Iterable[str], nature: str) -> list[str]:
        """Those of which it was not said yet."""
        return [p for p in prelevements if self.already(p, nature) is None]


def name_debits(mouvements: pl.DataFrame, prelevements: pl.DataFrame) -> pl.DataFrame:
    """`mouvements` whose nature is that of the debit they name, whatever the bank's own code."""
    ours = pl.col("bout_en_bout").is_in(prelevements["prelevement"].implode())
    montant = pl.col("montant_centimes")
    return mouvements.with_columns(
        pl.when(ours & (montant > 0))
        .then(pl.lit(PRELEVEMENT))
        .when(ours & (montant < 0))
        .then(pl.lit(RETOUR))
        .otherwise("nature")
        .alias("nature")
    )


def link_debits(mouvements: pl.DataFrame, prelevements: pl.DataFrame) -> Debits:
    """What these movements (natures PRELEVEMENT, RETOUR, REJET) say of these debits."""
    suivi = _follow(prelevements)
    liens: list[dict[str, Any]] = []
    echecs: list[dict[str, Any]] = []
    doubles: list[dict[str, Any]] = []
    for mouvement in mouvements.sort("depot", "rang").iter_rows(named=True):
        cle = {"depot": mouvement["depot"], "rang": mouvement["rang"]}
        cibles, affectation = _targets(mouvement, suivi)
        origine = _first_told(mouvement, cibles, affectation, suivi)
        retenus = _retained(mouvement, cibles, affectation, suivi)
        if origine is not None:
            doubles.append(cle | {"origine": origine})
        elif isinstance(retenus, str):
            echecs.append(cle | {"motif": retenus})
        else:
            liens += [cle | _link(mouvement, p, affectation, suivi) for p in retenus]
    return Debits(
        pl.DataFrame(liens, SCHEMA_LIENS),
        pl.DataFrame(echecs, SCHEMA_ECHECS),
        pl.DataFrame(doubles, SCHEMA_DOUBLES),
    )


def _follow(prelevements: pl.DataFrame) -> _Suivi:
    lignes = prelevements.with_columns(batch_identifier().alias("lot")).sort("prelevement")
    suivi = _Suivi({}, defaultdict(list), defaultdict(list))
    for ligne in lignes.iter_rows(named=True):
        nom = ligne["prelevement"]
        suivi.prelevements[nom] = ligne
        suivi.lots[ligne["lot"]].append(nom)
        suivi.lots[ligne["remise"]].append(nom)
        suivi.mandats[ligne["rum"], ligne["montant_centimes"]].append(nom)
    return suivi


def _targets(mouvement: Ligne, suivi: _Suivi) -> tuple[list[str], str]:
    """Debits that the movement names, and by what."""
    nom, remise = mouvement["bout_en_bout"], mouvement["remise"]
    if nom in suivi.prelevements:
        return [nom], "PRELEVEMENT"
    if nom is None and remise in suivi.lots:
        return suivi.lots[remise], "REMISE"
    cle = (mouvement["rum"], abs(mouvement["montant_centimes"]))
    return suivi.mandats.get(cle, []), "MANDAT"


def _first_told(mouvement: Ligne, cibles: list[str], affectation: str, suivi: _Suivi) -> str | None:
    """The movement that already said the same, None when this one says something new.

    A batch was told too when the total comes after its details.
    """
    nature = mouvement["nature"]
    dits = [p for p in cibles if suivi.already(p, nature) is not None]
    if not dits:
        return None
    du_lot = affectation == "REMISE" and _agree(mouvement, dits, suivi)
    return suivi.already(dits[0], nature) if du_lot or len(dits) == len(cibles) else None


def _retained(
    mouvement: Ligne, cibles: list[str], affectation: str, suivi: _Suivi
) -> list[str] | str:
    """Debits that the movement settles, returns or refuses, or why it cannot be told."""
    nature = mouvement["nature"]
    libres = suivi.free(cibles, nature)
    if not libres:
        return INCONNU
    if nature == REJET:
        return libres
    if affectation == "MANDAT":
        libres = libres[:1] if nature == PRELEVEMENT else libres[-1:]
    if nature == PRELEVEMENT and affectation == "REMISE":
        libres = suivi.free(libres, REJET)
    if _agree(mouvement, libres, suivi):
        return libres
    return TOTAL if affectation == "REMISE" else MONTANT


def _agree(mouvement: Ligne, prelevements: list[str], suivi: _Suivi) -> bool:
    """Whether the amount of the movement is that of these debits together, with its sign."""
    total = sum(suivi.prelevements[p]["montant_centimes"] for p in prelevements)
    return bool(SIGNES[mouvement["nature"]] * total == mouvement["montant_centimes"])


def _link(mouvement: Ligne, prelevement: str, affectation: str, suivi: _Suivi) -> dict[str, Any]:
    """One link, which is remembered: it was said."""
    nature = mouvement["nature"]
    suivi.dits[prelevement, nature] = f"{mouvement['depot']}-{mouvement['rang']}"
    montant = suivi.prelevements[prelevement]["montant_centimes"]
    return {
        "prelevement": prelevement,
        "nature": nature,
        "montant_centimes": SIGNES[nature] * montant,
        "affectation": affectation,
    }
