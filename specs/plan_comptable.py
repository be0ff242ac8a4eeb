"""The plan of accounts of the ledger: one account a role, one a contribution.

>>> read_plan_comptable().cotisations["CP"]
'7561'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from specs.fichiers import read_yaml


@dataclass(frozen=True, slots=True)
class Du:
    """Accounts of what the fund owes: what it costs (`charge`), what is still `a_payer`.

    `salarie`: owed to an employee, or withheld from him: no company is shown it.
    """

    charge: str
    a_payer: str
    salarie: bool = False


@dataclass(frozen=True, slots=True)
class PlanComptable:
    """Accounts by number (`comptes`), by contribution (`cotisations`), and those of each role.

    A contribution without an account of its own goes to `attente`. `dus`: by nature of payment; a
    nature that is not there is not booked with the accounts of the members. `prefixes`: how the
    entries of each journal are named.
    """

    comptes: Mapping[str, str]
    cotisations: Mapping[str, str]
    dus: Mapping[str, Du]
    prefixes: Mapping[str, str]
    adherents: str
    attente: str
    prelevements_emis: str
    virements_emis: str
    banque: str
    remises: str
    avoirs: str
    majorations: str
    frais_bancaires: str


@cache
def read_plan_comptable() -> PlanComptable:
    """The accounts of this fund."""
    contenu = read_yaml("specs", "plan_comptable")
    return PlanComptable(
        comptes=MappingProxyType(contenu["comptes"]),
        cotisations=MappingProxyType(contenu["cotisations"]),
        prefixes=MappingProxyType(contenu["prefixes"]),
        dus=MappingProxyType({nature: Du(**comptes) for nature, comptes in contenu["dus"].items()}),
        **contenu["roles"],
    )
