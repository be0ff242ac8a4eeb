"""Frames of the collection, written in a few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.affectations import compute_affectations
from pipelines.reglements.regles.debiteurs import OBSTACLES
from pipelines.reglements.regles.doubles import Ecarts
from pipelines.reglements.regles.prelevements import Situation
from pipelines.reglements.regles.rapprochement import Reperes
from pipelines.reglements.regles.references import compute_references
from specs.contrats import read_contrat, schema_polars

SIREN, AUTRE = "999090012", "800000010"
JOUR = date(2026, 4, 27)
MOUVEMENT = {
    "lot": "L",
    "depot": "D00000001",
    "message": "camt.053",
    "date_operation": JOUR,
    "date_valeur": JOUR,
    "nature": "VIREMENT",
}
PRELEVEMENT = {
    "part": 0,
    "siren": SIREN,
    "adherent": "A1",
    "cdg": "C900201",
    "rum": "RUM-1",
    "compte": "CB-1",
    "schema": "B2B",
    "reference_paiement": "C900201-202603-01",
    "date_echeance": JOUR,
    "montant_centimes": 10_000,
    "sequence": "RCUR",
    "changement_compte": False,
    "etat": "EMIS",
    "date_emission": date(2026, 4, 20),
    "remise": "PRLV-20260420-00003",
}
CREANCE = {
    "part": 0,
    "siren": SIREN,
    "adherent": "A1",
    "cdg": "C900201",
    "mois_appel": "2026-03",
    "date_exigibilite": date(2026, 4, 25),
    "montant_centimes": 10_000,
    "obligatoire_centimes": 10_000,
    "regle_centimes": 0,
    "reste_centimes": 10_000,
    "reste_obligatoire_centimes": 10_000,
    "majorations_centimes": 0,
    "reste_majorations_centimes": 0,
    "mois_retard": 0,
    "etat": "A_ECHOIR",
}
MANDAT = {
    "rum": "RUM-1",
    "siren": SIREN,
    "cdg": "C900201",
    "compte": "CB-1",
    "schema": "B2B",
    "date_signature": date(2024, 1, 10),
    "debut": date(2024, 1, 1),
    "prelevement_automatique": True,
}
ACTIF = {"part": 0, "siren": SIREN, "etat": "ACTIF", "depuis": date(2024, 2, 1)}
VIREMENT = {
    "part": 0,
    "reglement": "V260420-999090012-01",
    "nature": "INT",
    "siren": SIREN,
    "origine": "INT-999090012-260420",
    "cle_paiement": "INT 999090012 CB-1",
    "montant_centimes": 6_241,
    "date_execution": date(2026, 4, 22),
    "compte": "CB-1",
    "compte_credite": "c1",
    "etat": "EMIS",
    "a_remettre": False,
    "lot": "VIRE-20260420-00003-INT20260422",
    "remise": "VIRE-20260420-00003",
    "date_emission": date(2026, 4, 20),
}
REFERENCES = ("appel", "siren", "cdg", "groupe", "reference_paiement")
Fabrique = Callable[..., pl.DataFrame]


def _frame(table: str, lignes: list[dict[str, Any]], **defauts: Any) -> pl.DataFrame:
    schema = schema_polars(read_contrat(table))
    return pl.DataFrame([defauts | ligne for ligne in lignes], schema=schema)


@pytest.fixture(scope="session")
def make_mouvements() -> Fabrique:
    """Movements (contract) from what differs of each; ranks follow."""

    def make(*lignes: dict[str, Any]) -> pl.DataFrame:
        rangs = [{"rang": rang} | ligne for rang, ligne in enumerate(lignes, 1)]
        return _frame("mouvements_banque", rangs, **MOUVEMENT)

    return make


@pytest.fixture(scope="session")
def make_prelevements() -> Fabrique:
    """Debits (contract) from what differs of each."""

    def make(*lignes: dict[str, Any]) -> pl.DataFrame:
        return _frame("prelevements", list(lignes), **PRELEVEMENT)

    return make


@pytest.fixture(scope="session")
def make_reglements() -> Fabrique:
    """Transfers (contract) from what differs of each."""

    def make(*lignes: dict[str, Any]) -> pl.DataFrame:
        noms = [{"bout_en_bout": ligne.get("reglement", VIREMENT["reglement"])} for ligne in lignes]
        completes = [nom | ligne for nom, ligne in zip(noms, lignes, strict=True)]
        return _frame("reglements", completes, **VIREMENT)

    return make


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., pl.DataFrame]:
    """Rows of any table, completed with `defauts`."""
    return _frame


@pytest.fixture(scope="session")
def make_reperes(make_prelevements: Fabrique) -> Callable[..., Reperes]:
    """What movements refer to: two companies, their calls, one group, one account."""

    def make(
        prelevements: pl.DataFrame | None = None,
        *decisions: dict[str, Any],
        reglements: pl.DataFrame | None = None,
    ) -> Reperes:
        appels = pl.DataFrame(
            [
                ("C900201-202603-01", SIREN, "C900201", None, "C900201-202603-01"),
                ("C900202-202603-01", SIREN, "C900202", "77", "G77-202603-01"),
                ("C900203-202603-01", SIREN, "C900203", "77", "G77-202603-01"),
                ("C8000101-202603-01", AUTRE, "C8000101", None, "C8000101-202603-01"),
            ],
            schema=dict.fromkeys(
                ("appel", "siren", "cdg", "groupe", "reference_paiement"), pl.String
            ),
            orient="row",
        )
        return Reperes(
            prelevements=make_prelevements() if prelevements is None else prelevements,
            references=compute_references(appels),
            comptes=pl.DataFrame(
                {"compte_tiers": ["c1", "commun", "commun"], "siren": [SIREN, SIREN, AUTRE]}
            ),
            mandats=pl.DataFrame({"rum": ["RUM-1", "RUM-2"], "siren": [SIREN, AUTRE]}),
            adherents=pl.DataFrame({"siren": [SIREN, AUTRE], "adherent": ["A1", "A2"]}),
            affectations=compute_affectations(
                _frame("decisions", list(decisions), date_effet=JOUR), JOUR
            ),
            ecarts=Ecarts(jours=1, fenetre_jours=10),
            reglements=_frame("reglements", []) if reglements is None else reglements,
        )

    return make


@pytest.fixture(scope="session")
def make_situation(make_frame: Fabrique, make_prelevements: Fabrique) -> Callable[..., Situation]:
    """Calls, mandates and debits of one company, from what differs of each."""

    def make(
        creances: list[dict[str, Any]],
        mandats: list[dict[str, Any]] | None = None,
        prelevements: list[dict[str, Any]] | None = None,
        appels: list[tuple[str, str]] | None = None,
        etat: str = "ACTIF",
        publication: date = date(2026, 4, 6),
        changements: tuple[str, ...] = (),
        obstacles: tuple[str, ...] = (),
        telepaiements: dict[str, bool] | None = None,
    ) -> Situation:
        mandats = [MANDAT] if mandats is None else [MANDAT | m for m in mandats]
        noms = [c["appel"] for c in creances]
        return Situation(
            creances=make_frame("creances", creances, **CREANCE),
            appels=pl.DataFrame(
                {
                    "appel": noms,
                    "date_arrete": publication,
                    "reference_paiement": noms,
                    "telepaiement": [(telepaiements or {}).get(nom) for nom in noms],
                },
                schema_overrides={
                    "appel": pl.String,
                    "reference_paiement": pl.String,
                    "telepaiement": pl.Boolean,
                },
            ),
            mandats=make_frame("mandats", mandats),
            etats_mandat=make_frame(
                "etats_mandat", [{"rum": m["rum"]} for m in mandats], **ACTIF | {"etat": etat}
            ),
            prelevements=make_prelevements(*(prelevements or [])),
            prelevements_appels=pl.DataFrame(
                appels or [], schema={"prelevement": pl.String, "appel": pl.String}, orient="row"
            ),
            changements=pl.DataFrame({"rum": changements}, schema={"rum": pl.String}),
            comptes=pl.DataFrame(
                {"rum": [m["rum"] for m in mandats], "compte_debite": "pseudonyme"},
                schema={"rum": pl.String, "compte_debite": pl.String},
            ),
            obstacles=pl.DataFrame({"rum": obstacles, "cause": "raison"}, OBSTACLES),
        )

    return make
