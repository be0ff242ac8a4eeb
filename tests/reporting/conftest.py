"""A home with two publications, filled as a night fills it: the lake, then one transaction."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from specs.contrats import read_contrat, schema_polars
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

NOM_PIEGE = "<script>alert(1)</script>.dsn"
NOM_FORMULE = "=2+5.dsn"
CDG = "12345-01"


def _frame(table: str, lignes: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(lignes, schema=schema_polars(read_contrat(table)))


def _depot(numero: int, etat: str, nom: str, **autres: Any) -> dict[str, Any]:
    communs = {
        "depot": f"D{numero:08d}",
        "adherent": "004217",
        "nom": nom,
        "sha256": f"{numero:064x}",
        "octets": 1_234_567,
        "recu_le": f"2026-04-0{numero}T08:00:00Z",
        "etat": etat,
    }
    return communs | autres


def _appel(mois: str, rang: int, montant: int, exigible: date) -> dict[str, Any]:
    return {
        "part": 0,
        "appel": f"{CDG}-{mois}-{rang}",
        "adherent": "004217",
        "siren": "732829320",
        "cdg": CDG,
        "mois_appel": mois,
        "rang": rang,
        "nature": "INITIAL" if rang == 1 else "COMPLEMENTAIRE",
        "reference_paiement": f"{CDG}-{mois}-{rang}",
        "date_arrete": date(2026, 4, 30),
        "date_exigibilite": exigible,
        "montant_centimes": montant,
    }


def _ligne(mois: str, base: int, montant: int) -> dict[str, Any]:
    return {
        "part": 0,
        "appel": f"{CDG}-2026-03-1",
        "cdg": CDG,
        "siren": "732829320",
        "mois_appel": "2026-03",
        "rang": 1,
        "mois_rattachement": mois,
        "cotisation": "CP",
        "base_brute_centimes": base,
        "refaction_ppm": 1_000_000,
        "coefficient_ppm": 1_000_000,
        "base_centimes": base,
        "abattement_centimes": 0,
        "taux_ppm": 210_000,
        "montant_centimes": montant,
    }


def _declaration(numero: int, mois: str) -> dict[str, Any]:
    return {
        "part": 0,
        "tranche": "D0000",
        "depot": f"D{numero:08d}",
        "rang_declaration": 1,
        "siren": "732829320",
        "siret": "73282932000074",
        "cdg": CDG,
        "nature": "01",
        "type": "01",
        "version": "P26V01",
        "fraction": "11",
        "ordre": numero,
        "mois_appel": mois,
        "individus": 3,
        "statut": "RETENUE",
    }


def _anomalie(rang: int, severite: str) -> dict[str, Any]:
    return {
        "lot": "D00000003",
        "depot": "D00000003",
        "rang": rang,
        "code": "CSL-01",
        "severite": severite,
        "ligne": 41 + rang,
        "rubrique": "S21.G00.30.001",
        "nombre": 1,
        "message": "La valeur est plus longue que ce que la norme permet pour cette rubrique.",
        "remede": "Corriger la valeur dans le logiciel de paie, puis déposer à nouveau le fichier.",
    }


PREMIERS_DEPOTS = [
    _depot(1, "INTEGRE", "mars.dsn", essai=False, anomalies_bloquantes=0, anomalies_signalees=1),
    _depot(2, "DOUBLON", "mars (1).dsn"),
]
DEPOTS = [
    *PREMIERS_DEPOTS,
    _depot(3, "NON_CONFORME", NOM_PIEGE, essai=True, anomalies_bloquantes=1, anomalies_signalees=1),
    _depot(4, "EN_ATTENTE", NOM_FORMULE, motif="SIRET inconnu du registre", essai=False),
    _depot(5, "ILLISIBLE", "photo.jpg", motif="ce n'est pas un fichier DSN"),
]
PREMIER_APPEL = _appel("2026-02", 1, 120_000_000, date(2026, 3, 25))
NUIT_1 = {"depots": PREMIERS_DEPOTS, "appels": [PREMIER_APPEL]}
NUIT_2 = {
    "depots": DEPOTS,
    "appels": [
        PREMIER_APPEL,
        _appel("2026-02", 2, -2_520, date(2026, 3, 25)),
        _appel("2026-03", 1, 280_980, date(2026, 4, 25)),
    ],
    "lignes_appel": [_ligne("2026-02", -12_000, -2_520), _ligne("2026-03", 1_350_000, 283_500)],
    "declarations": [_declaration(1, "2026-03")],
    "anomalies": [_anomalie(1, "bloquante"), _anomalie(2, "signal")],
}


def _publish_nuit(
    maison: Maison, nuit: dict[str, list[dict[str, Any]]], arrete: date, instant: str
) -> None:
    versions = {
        table: maison.lac.write(table, _frame(table, lignes), None)
        for table, lignes in nuit.items()
    }
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=arrete,
            versions=versions,
            empreinte=f"{len(versions):064x}",
            publie_le=instant,
            remises=[],
        )


@pytest.fixture
def maison_vide(tmp_path: Path) -> Maison:
    """A home where no night has run."""
    return open_maison(Reglages(dossier=tmp_path / "vide"))


@pytest.fixture(scope="session")
def maison(tmp_path_factory: pytest.TempPathFactory) -> Maison:
    """A home with two publications; tests only read it."""
    maison = open_maison(Reglages(dossier=tmp_path_factory.mktemp("caisse") / "donnees"))
    _publish_nuit(maison, NUIT_1, date(2026, 3, 31), "2026-03-31T20:05:00Z")
    _publish_nuit(maison, NUIT_2, date(2026, 4, 30), "2026-04-30T20:05:00Z")
    return maison
