"""Refunds of bad weather: what they owe, whom they are told to, why they are what they are."""

from __future__ import annotations

from pipelines.metier import Etape, Metier, Portee

REMBOURSEMENTS = Metier(
    "remboursements",
    etapes=(
        Etape(
            "dus_intemperies",
            Portee.PART,
            prepare="pipelines.intemperies.argent.etapes:prepare_dus",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("remboursements_intemperies", "arrets_intemperies"),
            ecrit=("dus_intemperies",),
        ),
    ),
    audits="pipelines.intemperies.audits:AUDITS",
)
