"""The plan of accounts: every account that is used is named, every contribution has one."""

from __future__ import annotations

from specs.baremes import read_baremes
from specs.plan_comptable import read_plan_comptable


def test_each_account_in_use_has_a_name() -> None:
    """Roles and contributions point at accounts of the plan, each to its own."""
    plan = read_plan_comptable()
    roles = [
        plan.adherents, plan.attente, plan.prelevements_emis, plan.banque,
        plan.remises, plan.avoirs, plan.majorations, plan.frais_bancaires, plan.virements_emis,
    ]  # fmt: skip
    dus = [compte for du in plan.dus.values() for compte in (du.charge, du.a_payer)]
    utilises = [*roles, *plan.cotisations.values(), *dus]
    assert sorted(utilises) == sorted(plan.comptes)


def test_each_contribution_has_an_account() -> None:
    """What the fund calls is credited to an account of its own."""
    cotisations = {b.code for b in read_baremes().values() if b.cotisation is not None}
    assert cotisations <= set(read_plan_comptable().cotisations)
