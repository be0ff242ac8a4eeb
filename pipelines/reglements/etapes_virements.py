"""The steps of the payments: settle the transfers that were handed over, then decide tonight's.

Amounts due come from the tables of the family `dus`, whoever writes them. What is published of a
transfer never changes but its state. The transfers of tonight are decided after the accounts and
the situations: a company that is not up to date waits.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.nuit.date_arrete import is_forcee
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.reglements.etapes import name_night, next_number
from pipelines.reglements.lecture_virements import (
    APayer,
    Emis,
    complete_virements,
    read_a_payer,
    read_emis,
    read_parametres,
    read_situation,
)
from pipelines.reglements.pain_virements import find_invalid
from pipelines.reglements.regles.etats import compute_etats_reglements
from pipelines.reglements.regles.identifiants import transfer_file_identifier
from pipelines.reglements.regles.virements import INSCRIPTION, Paiements, compute_paiements
from specs.caisse import read_caisse
from specs.contrats import columns_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

VIREMENTS = "virements"
INVALIDE = "le virement ne peut pas être écrit comme la banque l'exige"


class VirementInterdit(RuntimeError):  # noqa: N818 - named in French
    """A forced night was about to publish transfers."""


def prepare_etats(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """The published transfers of one shard in their present state.

    Done again before the transfers of tonight are all decided, it takes back what was left of them.
    """
    emis = read_emis(maison, part)
    dus = read_a_payer(maison, part)

    def produce() -> Production:
        reglements = compute_etats_reglements(emis.reglements, emis.decaissements, emis.ecartes)
        tables = {"reglements": reglements, "reglements_dus": emis.reglements_dus}
        return Production(tables, {"reglements": len(reglements)})

    entrees = _key(maison, emis, dus, date_arrete)
    return Travail(entrees, produce, jusqu_a=VIREMENTS)


def prepare_emissions(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """The transfers of tonight after those that are published; none of a night that is forced.

    The situations follow from the accounts, and are not in the key: that of `prepare_etats`.
    """
    if is_forcee(maison, date_arrete):  # `prepare_etats` has taken back what was there
        return None
    emis = read_emis(maison, part)
    dus = read_a_payer(maison, part)

    def produce() -> Production:
        situation = read_situation(maison, part, emis, dus)
        remise = transfer_file_identifier(date_arrete, next_number(maison))
        paiements = compute_paiements(situation, read_parametres(date_arrete), remise, date_arrete)
        nouveaux = _without_invalid(maison, part, paiements, date_arrete)
        ordres = in_part("reglements", nouveaux.reglements, part)
        payes = in_part("reglements_dus", nouveaux.reglements_dus, part)
        tables = {
            "reglements": pl.concat([situation.reglements, ordres]),
            "reglements_dus": pl.concat([emis.reglements_dus, payes]),
            "reglements_retenus": in_part("reglements_retenus", nouveaux.reglements_retenus, part),
        }
        return Production(
            tables, {"nouveaux": len(ordres), "retenus": len(nouveaux.reglements_retenus)}
        )

    return Travail(_key(maison, emis, dus, date_arrete), produce)


def _key(maison: Maison, emis: Emis, dus: APayer, date_arrete: date) -> str:
    return f"{emis.empreinte}:{dus.empreinte}:{name_night(maison, date_arrete)}"


def _without_invalid(
    maison: Maison, part: Part, paiements: Paiements, date_arrete: date
) -> Paiements:
    """The same, less the transfers that the schema of the bank's file would refuse: held."""
    ordres = paiements.reglements
    if ordres.is_empty():
        return paiements
    virements = complete_virements(maison, ordres, part.vue)
    refuses = find_invalid(virements, read_caisse().creancier, date_arrete)
    ecrits = [v.reglement for v in virements if v.reglement not in refuses]
    garde = pl.col("reglement").is_in(ecrits)
    retenus = ordres.filter(~garde).with_columns(raison=pl.lit(INSCRIPTION), cause=pl.lit(INVALIDE))
    return Paiements(
        ordres.filter(garde),
        paiements.reglements_dus.filter(garde),
        pl.concat(
            [
                paiements.reglements_retenus,
                retenus.select(paiements.reglements_retenus.columns),
            ]
        ).sort("cle_paiement"),
    )


def read_nouveaux_virements(maison: Maison) -> pl.DataFrame:
    """Transfers of the lake that are not published yet (contract `reglements`), by key."""
    publies = read_table_publiee(maison, "reglements").select("reglement")
    lus = maison.lac.read("reglements").join(publies, on="reglement", how="anti")
    return lus.select(columns_of("reglements")).collect().sort("reglement")


def check_sans_virement(maison: Maison, date_arrete: date) -> None:
    """VirementInterdit when a forced night is about to publish transfers."""
    if is_forcee(maison, date_arrete) and not read_nouveaux_virements(maison).is_empty():
        raise VirementInterdit("nuit forcée : des virements allaient être émis")
