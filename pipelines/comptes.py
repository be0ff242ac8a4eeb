"""The accounts of one shard, in the order of a night: debits, ledger, follow-up, certificates."""

from __future__ import annotations

from datetime import date

from pipelines.attestations.etapes import certify_part
from pipelines.comptabilite.etapes import account_part, plan_comptes
from pipelines.nuit.date_arrete import is_forcee
from pipelines.nuit.parts import part_of
from pipelines.reglements.etapes import debit_part, settle_part
from pipelines.suivi.etapes import follow_part
from warehouse.maison import Maison
from warehouse.registre import read_etablissements


def plan_tenue(maison: Maison) -> list[int]:
    """Shards of every member: a day that passes is enough to change what is due or expected."""
    part = part_of(maison.reglages.nombre_parts).alias("part")
    with maison.moteur.connect() as connexion:
        membres = read_etablissements(connexion).select(part)["part"]
    return sorted({*plan_comptes(maison), *membres})


def keep_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Keep the accounts of one shard at `date_arrete`, after its calls and the bank's movements."""
    settle_part(maison, part, date_arrete)
    account_part(maison, part, date_arrete)
    if not is_forcee(maison, date_arrete):  # or else `settle_part` has taken back what was there
        debit_part(maison, part, date_arrete)
    follow_part(maison, part, date_arrete)
    certify_part(maison, part, date_arrete)
