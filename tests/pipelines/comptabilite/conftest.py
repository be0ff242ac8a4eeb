"""Small accounts for the tests: calls, payments, debits and decisions of one company."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.comptabilite.regles.comptes import Comptes, compute_comptes
from pipelines.comptabilite.regles.faits import Faits
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat, schema_polars

SIREN, ADHERENT = "800000010", "A80001"
ECRITURES = pl.DataFrame(schema=schema_polars(read_contrat("ecritures"))).drop("part")
TEXTE, ENTIER, DATE = pl.String(), pl.Int64(), pl.Date()
APPELS = {
    "appel": TEXTE, "adherent": TEXTE, "siren": TEXTE, "cdg": TEXTE, "groupe": TEXTE,
    "reference_paiement": TEXTE, "mois_appel": TEXTE, "date_arrete": DATE,
    "date_exigibilite": DATE, "montant_centimes": ENTIER,
}  # fmt: skip
LIGNES = {
    "appel": TEXTE, "cdg": TEXTE, "siren": TEXTE, "cotisation": TEXTE, "montant_centimes": ENTIER,
}  # fmt: skip
ENCAISSEMENTS = {
    "encaissement": TEXTE, "siren": TEXTE, "adherent": TEXTE, "cdg": TEXTE, "groupe": TEXTE,
    "appel": TEXTE, "reference_paiement": TEXTE, "prelevement": TEXTE, "nature": TEXTE,
    "date_operation": DATE,
    "date_valeur": DATE, "montant_centimes": ENTIER, "frais_centimes": ENTIER,
    "net_centimes": ENTIER, "code_motif": TEXTE,
}  # fmt: skip
PRELEVEMENTS = {
    "prelevement": TEXTE, "siren": TEXTE, "date_emission": DATE, "date_echeance": DATE,
    "etat": TEXTE, "date_etat": DATE,
}  # fmt: skip
PRELEVEMENTS_APPELS = {
    "prelevement": TEXTE, "appel": TEXTE, "siren": TEXTE, "montant_centimes": ENTIER,
}  # fmt: skip
DECISIONS = {
    "numero": ENTIER, "nature": TEXTE, "siren": TEXTE, "cdg": TEXTE, "appel": TEXTE,
    "montant_centimes": ENTIER, "contenu": TEXTE, "date_effet": DATE,
}  # fmt: skip
CENTRES = pl.DataFrame(
    [(cdg, SIREN, ADHERENT) for cdg in ("C1", "C2", "C3")], ["cdg", "siren", "adherent"],
    orient="row",
)  # fmt: skip


@dataclass
class Dossier:
    """One company: facts are added in any order, `compute` gives its accounts."""

    appels: list[dict[str, Any]] = field(default_factory=list)
    lignes: list[dict[str, Any]] = field(default_factory=list)
    encaissements: list[dict[str, Any]] = field(default_factory=list)
    prelevements: list[dict[str, Any]] = field(default_factory=list)
    prelevements_appels: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    savoir: Connaissances = field(default_factory=read_connaissances)

    def call(
        self, appel: str, exigible: date, cotisations: dict[str, int], cdg: str = "C1", **v: Any
    ) -> None:
        """A call with its lines; issued on the first of the month of its due date."""
        self.appels.append(
            {
                "appel": appel, "adherent": ADHERENT, "siren": SIREN, "cdg": cdg,
                "mois_appel": exigible.strftime("%Y-%m"), "date_arrete": exigible.replace(day=1),
                "date_exigibilite": exigible, "montant_centimes": sum(cotisations.values()),
            } | v
        )  # fmt: skip
        self.lignes += [
            {"appel": appel, "cdg": cdg, "siren": SIREN, "cotisation": c, "montant_centimes": m}
            for c, m in cotisations.items()
        ]

    def receive(self, encaissement: str, jour: date, montant: int, **valeurs: Any) -> None:
        """A transfer, or another movement of the bank."""
        self.encaissements.append(
            {
                "encaissement": encaissement, "siren": SIREN, "adherent": ADHERENT,
                "nature": "VIREMENT", "date_operation": jour, "date_valeur": jour,
                "montant_centimes": montant,
            } | valeurs
        )  # fmt: skip

    def debit(
        self, prelevement: str, emis: date, echeance: date, appels: dict[str, int], **valeurs: Any
    ) -> None:
        """A debit issued for these calls."""
        self.prelevements.append(
            {
                "prelevement": prelevement, "siren": SIREN, "date_emission": emis,
                "date_echeance": echeance, "etat": "EMIS",
            } | valeurs
        )  # fmt: skip
        self.prelevements_appels += [
            {"prelevement": prelevement, "appel": a, "siren": SIREN, "montant_centimes": m}
            for a, m in appels.items()
        ]

    def decide(self, numero: int, nature: str, effet: date, **valeurs: Any) -> None:
        """A decision of an operator."""
        contenu = json.dumps(valeurs.pop("contenu", {}), sort_keys=True)
        self.decisions.append(
            {
                "numero": numero, "nature": nature, "siren": SIREN, "contenu": contenu,
                "date_effet": effet,
            } | valeurs
        )  # fmt: skip

    def plan(self, numero: int, effet: date, appels: list[str], echeances: dict[date, int]) -> None:
        """An instalment plan."""
        dues = [{"date": d.isoformat(), "centimes": m} for d, m in echeances.items()]
        self.decide(numero, "ECHEANCIER", effet, contenu={"appels": appels, "echeances": dues})

    @property
    def faits(self) -> Faits:
        """The frames of the rules."""
        return Faits(
            appels=pl.DataFrame(self.appels, APPELS),
            lignes_appel=pl.DataFrame(self.lignes, LIGNES),
            encaissements=pl.DataFrame(self.encaissements, ENCAISSEMENTS),
            prelevements=pl.DataFrame(self.prelevements, PRELEVEMENTS),
            prelevements_appels=pl.DataFrame(self.prelevements_appels, PRELEVEMENTS_APPELS),
            decisions=pl.DataFrame(self.decisions, DECISIONS),
            centres=CENTRES,
            obligatoires=frozenset({"CP", "CI_GOTP", "CI_SO"}),
        )

    def compute(self, date_arrete: date, publiees: pl.DataFrame = ECRITURES) -> Comptes:
        """Accounts at a date."""
        return compute_comptes(self.faits, publiees, date_arrete, self.savoir)


@pytest.fixture(scope="session")
def make_dossier() -> type[Dossier]:
    """Maker of the accounts of one company."""
    return Dossier


@pytest.fixture
def dossier() -> Dossier:
    """A company with nothing on its accounts yet."""
    return Dossier()
