"""What the bank says of our own debits: settled, returned, refused before settlement, or undone.

A debit is told by its end-to-end reference; else by its mandate, in the batch and of the amount
that are told; else by its batch or file, whose total must be that of its debits. It is settled once
and returned once: told again, whatever the references, it is a double, unless the bank undid it
since. Movements are taken in the order they arrived, so that what was said yesterday is not said
otherwise today; what undoes a movement that has not arrived yet is tried again after all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from parsers.banque.mouvements import PRELEVEMENT, REJET, RETOUR
from pipelines.reglements.regles.identifiants import batch_identifier
from specs.contrats import codes_of

(DOUBLE,) = codes_of("mouvements_ecartes", "motif", "DOUBLE")
ANNULE = "CANC"
SIGNES = {PRELEVEMENT: 1, RETOUR: -1, REJET: 0}
PAR_NOM, PAR_MANDAT, PAR_LOT = codes_of(
    "encaissements", "affectation", "PRELEVEMENT", "MANDAT", "REMISE"
)
INCONNU = "aucun prélèvement de la caisse n'a cette référence"
MONTANT = "le montant n'est pas celui du prélèvement"
TOTAL = "le total du lot n'est pas celui de ses prélèvements"
PLUSIEURS = "plusieurs prélèvements du mandat peuvent être celui-là"
RIEN_A_ANNULER = "la banque annule une opération qui n'est pas connue"
SCHEMA_LIENS = pl.Schema(
    {
        "depot": pl.String,
        "rang": pl.Int64,
        "prelevement": pl.String,
        "nature": pl.String,
        "montant_centimes": pl.Int64,
        "frais_centimes": pl.Int64,
        "affectation": pl.String,
        "origine": pl.String,
    }
)
SCHEMA_ECHECS = pl.Schema({"depot": pl.String, "rang": pl.Int64, "motif": pl.String})
SCHEMA_DOUBLES = pl.Schema({"depot": pl.String, "rang": pl.Int64, "origine": pl.String})

Ligne = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Debits:
    """What movements say of debits (`liens`, several a batch), those that say nothing usable.

    `origine` of a link is what a refusal names: the debit, or its batch or file.
    """

    liens: pl.DataFrame
    echecs: pl.DataFrame
    doubles: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Cible:
    """Debits that a movement names, by what (an `affectation`), and the name itself."""

    prelevements: list[str]
    affectation: str
    nom: str | None


@dataclass(slots=True)
class _Suivi:
    """Debits by each of their references, what was said of them, and what was undone since."""

    prelevements: dict[str, Ligne]
    lots: dict[str, list[str]]
    mandats: dict[str, list[str]]
    dits: dict[tuple[str, str], str] = field(default_factory=dict)
    defaits: dict[tuple[str, str], tuple[str, date]] = field(default_factory=dict)

    def told_by(self, prelevement: str, mouvement: Ligne) -> str | None:
        """The movement that already said the same, None when this one says something new.

        What was undone since was said too, for what is dated before that.
        """
        cle = prelevement, mouvement["nature"]
        if cle in self.dits or cle not in self.defaits:
            return self.dits.get(cle)
        par, jour = self.defaits[cle]
        return par if mouvement["date_operation"] < jour else None

    def free(self, prelevements: Iterable[str], mouvement: Ligne) -> list[str]:
        """Those of which it was not said yet."""
        return [p for p in prelevements if self.told_by(p, mouvement) is None]


def name_debits(mouvements: pl.DataFrame, prelevements: pl.DataFrame) -> pl.DataFrame:
    """`mouvements` whose nature is that of the debit they name, whatever the bank's own code.

    A credit taken back with a reason is a return, even where the bank calls it a reversal. A debit
    cancelled without a reason has its status as one.
    """
    ours = pl.col("bout_en_bout").is_in(prelevements["prelevement"].implode())
    montant, extourne = pl.col("montant_centimes"), pl.col("extourne")
    rendu = extourne & (montant < 0) & pl.col("code_motif").is_not_null()
    rendu &= ours | (pl.col("nature") == PRELEVEMENT)
    credit = (montant > 0) ^ extourne
    annule = (pl.col("statut") == ANNULE) & (pl.col("code_motif").fill_null("") == "")
    return mouvements.with_columns(
        pl.when(rendu | (ours & (montant != 0) & ~credit))
        .then(pl.lit(RETOUR))
        .when(ours & (montant != 0))
        .then(pl.lit(PRELEVEMENT))
        .otherwise("nature")
        .alias("nature"),
        (extourne & ~rendu).alias("extourne"),
        pl.when(annule).then("statut").otherwise("code_motif").alias("code_motif"),
    )


def link_debits(mouvements: pl.DataFrame, prelevements: pl.DataFrame) -> Debits:
    """What these movements (natures PRELEVEMENT, RETOUR, REJET) say of these debits."""
    return link_ordres(mouvements, prelevements.with_columns(lot=batch_identifier()))


def link_ordres(mouvements: pl.DataFrame, ordres: pl.DataFrame) -> Debits:
    """The same of any orders of ours that bear the names of debits.

    `ordres`: prelevement, lot, remise, rum, date_echeance, montant_centimes.
    """
    suivi = _follow(ordres)
    trouves: dict[str, list[dict[str, Any]]] = {"liens": [], "echecs": [], "doubles": []}
    tard = []
    for mouvement in mouvements.sort("depot", "rang").iter_rows(named=True):
        dit = _judge(mouvement, suivi)
        if dit == RIEN_A_ANNULER:
            tard.append(mouvement)
        else:
            _keep(trouves, mouvement, dit)
    for mouvement in tard:
        _keep(trouves, mouvement, _judge(mouvement, suivi))
    return Debits(
        pl.DataFrame(trouves["liens"], SCHEMA_LIENS),
        pl.DataFrame(trouves["echecs"], SCHEMA_ECHECS),
        pl.DataFrame(trouves["doubles"], SCHEMA_DOUBLES),
    )


def _keep(
    trouves: dict[str, list[dict[str, Any]]],
    mouvement: Ligne,
    dit: list[dict[str, Any]] | tuple[str] | str,
) -> None:
    """What a movement says: links, the movement (alone in a tuple) that said it, or why not."""
    cle = {"depot": mouvement["depot"], "rang": mouvement["rang"]}
    if isinstance(dit, str):
        trouves["echecs"].append(cle | {"motif": dit})
    elif isinstance(dit, tuple):
        trouves["doubles"].append(cle | {"origine": dit[0]})
    else:
        trouves["liens"] += [cle | lien for lien in dit]


def _follow(ordres: pl.DataFrame) -> _Suivi:
    lignes = ordres.sort("prelevement")
    suivi = _Suivi({}, defaultdict(list), defaultdict(list))
    for ligne in lignes.iter_rows(named=True):
        nom = ligne["prelevement"]
        suivi.prelevements[nom] = ligne
        suivi.lots[ligne["lot"]].append(nom)
        suivi.lots[ligne["remise"]].append(nom)
        if ligne["rum"] is not None:
            suivi.mandats[ligne["rum"]].append(nom)
    return suivi


def _judge(mouvement: Ligne, suivi: _Suivi) -> list[dict[str, Any]] | tuple[str] | str:
    cible = _target(mouvement, suivi)
    if mouvement["extourne"]:
        return _undo(mouvement, cible, suivi)
    origine = _first_told(mouvement, cible, suivi)
    if origine is not None:
        return (origine,)
    retenus = _retained(mouvement, cible, suivi)
    return retenus if isinstance(retenus, str) else _link(mouvement, retenus, cible, suivi)


def _target(mouvement: Ligne, suivi: _Suivi) -> _Cible:
    """Debits that the movement names, and by what."""
    nom = mouvement["bout_en_bout"]
    if nom in suivi.prelevements:
        return _Cible([nom], PAR_NOM, nom)
    lot = next((r for r in _batches(mouvement) if r in suivi.lots), None)
    du_mandat = list(_of_mandate(mouvement, lot, suivi))
    if lot is not None and nom is None and not du_mandat and mouvement["rum"] is None:
        return _Cible(suivi.lots[lot], PAR_LOT, lot)
    return _Cible(du_mandat, PAR_MANDAT, None)


def _batches(mouvement: Ligne) -> Iterator[str]:
    """References of a batch, then of a file of ours, that the movement gives."""
    yield from (mouvement[nom] for nom in ("remise", "message_origine") if mouvement[nom])


def _of_mandate(mouvement: Ligne, lot: str | None, suivi: _Suivi) -> Iterator[str]:
    """Debits of the mandate named, of its batch, amount and day when they are told."""
    montants = set(_amounts(mouvement))
    for nom in suivi.mandats.get(mouvement["rum"], ()):
        debit = suivi.prelevements[nom]
        du_lot = lot is None or nom in suivi.lots[lot]
        du_jour = mouvement["date_origine"] in {None, debit["date_echeance"]}
        if du_lot and du_jour and (not montants or debit["montant_centimes"] in montants):
            yield nom


def _amounts(mouvement: Ligne) -> Iterator[int]:
    """What the debits named may add up to: what was paid, or what is left of announced charges."""
    if mouvement["nature"] == REJET:
        yield from filter(None, (mouvement["montant_origine_centimes"],))
        return
    yield abs(mouvement["montant_centimes"])
    annonces = mouvement["frais_annonces_centimes"]
    if annonces and not mouvement["frais_centimes"]:
        yield abs(mouvement["net_centimes"]) - annonces


def _first_told(mouvement: Ligne, cible: _Cible, suivi: _Suivi) -> str | None:
    """The movement that already said the same, None when this one says something new.

    A batch was told too when the total comes after its details.
    """
    dits = [p for p in cible.prelevements if suivi.told_by(p, mouvement) is not None]
    if not dits:
        return None
    du_lot = cible.affectation == PAR_LOT and _agree(mouvement, dits, suivi)
    tous = len(dits) == len(cible.prelevements)
    return suivi.told_by(dits[0], mouvement) if du_lot or tous else None


def _retained(mouvement: Ligne, cible: _Cible, suivi: _Suivi) -> list[str] | str:
    """Debits that the movement settles, returns or refuses, or why it cannot be told."""
    nature, libres = mouvement["nature"], suivi.free(cible.prelevements, mouvement)
    if not libres:
        return INCONNU
    if cible.affectation == PAR_MANDAT and nature == REJET and len(libres) > 1:
        return PLUSIEURS
    if nature == REJET:
        return libres
    if cible.affectation == PAR_MANDAT:
        libres = libres[:1] if nature == PRELEVEMENT else libres[-1:]
    admis = [libres]
    if nature == PRELEVEMENT and cible.affectation == PAR_LOT:
        # A credit may also show that what was refused as a double had been taken after all.
        admis.insert(0, [p for p in libres if (p, REJET) not in suivi.dits])
    for debits in admis:
        if debits and _agree(mouvement, debits, suivi):
            return debits
    return TOTAL if cible.affectation == PAR_LOT else MONTANT


def _agree(mouvement: Ligne, prelevements: list[str], suivi: _Suivi) -> bool:
    """Whether the amount of the movement is that of these debits together, with its sign."""
    total = sum(suivi.prelevements[p]["montant_centimes"] for p in prelevements)
    sens = SIGNES[mouvement["nature"]] * (-1 if mouvement["extourne"] else 1)
    return sens * mouvement["montant_centimes"] > 0 and total in set(_amounts(mouvement))


def _link(
    mouvement: Ligne, prelevements: list[str], cible: _Cible, suivi: _Suivi
) -> list[dict[str, Any]]:
    """The links, which are remembered: it was said. The charges are borne by the first."""
    nature = mouvement["nature"]
    sens = SIGNES[nature] * (-1 if mouvement["extourne"] else 1)
    montants = [sens * suivi.prelevements[p]["montant_centimes"] for p in prelevements]
    frais = 0 if nature == REJET else sum(montants) - mouvement["net_centimes"]
    for prelevement in prelevements:
        suivi.dits[prelevement, nature] = _name(mouvement)
        suivi.defaits.pop((prelevement, nature), None)
    return [
        {
            "prelevement": prelevement,
            "nature": nature,
            "montant_centimes": montant,
            "frais_centimes": frais if rang == 0 else 0,
            "affectation": cible.affectation,
            "origine": cible.nom if cible.affectation == PAR_LOT else prelevement,
        }
        for rang, (prelevement, montant) in enumerate(zip(prelevements, montants, strict=True))
    ]


def _undo(
    mouvement: Ligne, cible: _Cible, suivi: _Suivi
) -> list[dict[str, Any]] | tuple[str] | str:
    """A reversal of what was said of these debits: they are as before it."""
    nature = mouvement["nature"]
    faits = [p for p in cible.prelevements if (p, nature) in suivi.dits]
    if not faits:
        defaits = [suivi.defaits.get((p, nature)) for p in cible.prelevements]
        connus = [defait[0] for defait in defaits if defait is not None]
        return (connus[0],) if connus else RIEN_A_ANNULER
    if cible.affectation == PAR_MANDAT:
        faits = faits[-1:]
    if nature == REJET or not _agree(mouvement, faits, suivi):
        return TOTAL if cible.affectation == PAR_LOT else MONTANT
    liens = _link(mouvement, faits, cible, suivi)
    for prelevement in faits:
        del suivi.dits[prelevement, nature]
        suivi.defaits[prelevement, nature] = _name(mouvement), mouvement["date_operation"]
    return liens


def _name(mouvement: Ligne) -> str:
    return f"{mouvement['depot']}-{mouvement['rang']}"
