"""The plan of accounts: every account that is used is named, every contribution has one."""

from __future__ import annotations

from specs.baremes import read_baremes
from specs.plan_comptable import read_plan_comptable


def test_each_account_in_use_has_a_name() -> None:
    """Roles, contributions and payees point at accounts of the plan, each to its own.

    Natures of payment may share what they cost.
    """
    plan = read_plan_comptable()
    roles = [
        plan.adherents, plan.attente, plan.prelevements_emis, plan.banque,
        plan.remises, plan.avoirs, plan.majorations, plan.frais_bancaires, plan.virements_emis,
    ]  # fmt: skip
    a_payer, charges = zip(*((du.a_payer, du.charge) for du in plan.dus.values()), strict=True)
    utilises = [*roles, *plan.cotisations.values(), *a_payer, *set(charges)]
    assert sorted(utilises) == sorted(plan.comptes)


def test_each_contribution_has_an_account() -> None:
    """What the fund calls is credited to an account of its own."""
    cotisations = {b.code for b in read_baremes().values() if b.cotisation is not None}
    assert cotisations <= set(read_plan_comptable().cotisations)
