"""The files RCP of a company, from the night that produces them to the day it has fetched them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from parsers.echanges.fixe import read_fixe
from parsers.echanges.valeurs import select_valeurs, with_valeurs
from pipelines.metier import Metier
from pipelines.metiers import METIERS
from pipelines.nuit.passage import Passage, run_nuit
from tests.conftest import BONS, SOIR
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

ADHERENT, SIREN, CENTRE, AUTRE = "A80001", "800000010", "C8000101", "C8000102"
CONVENTION = "0080001"
REGISTRE = f"""
centres_gestion:
- {{cdg: {AUTRE}, siren: {SIREN}}}
conventions:
- {{convention: {CONVENTION}, siren: {SIREN}, nature: RCP, debut: 2026-02-01, fin: 2026-09-30}}
calendriers:
- {{siren: {SIREN}, nature: RCP, mois: 2026-02, date: null}}
"""
# Payments that a business would tell: month, centre, statement, net.
PAIEMENTS = [
    ("2026-02", CENTRE, "D1", 10_000),
    ("2026-03", CENTRE, "D2", 20_000),
    ("2026-03", AUTRE, "D3", 30_000),
    ("2026-05", CENTRE, "D4", 40_000),
]


def read_paiements(_maison: Maison, mois: pl.DataFrame, _registre: int | None) -> pl.DataFrame:
    """What the business of this test says of the months asked for."""
    lignes = (
        {"siren": SIREN, "mois": m, "cdg": cdg, **_line(decompte, net)}
        for m, cdg, decompte, net in PAIEMENTS
    )
    return pl.DataFrame(list(lignes)).join(mois, on=["siren", "mois"], how="semi")


def _line(decompte: str, net: int) -> dict[str, Any]:
    """A record 50 whose gross is its net."""
    sommes = ("indemnity", "gross", "taxable", "net")
    nulles = ("premium", "base_capped", "social", "csg_crds", "pas")
    conge = {"pay_date": date(2026, 3, 2), "exercice": 2025, "nature": "CP", "days": 100}
    return (
        {"matricule": "M1", "surname": "DUPONT", "first_name": "Zoé", "birth": date(1990, 1, 2)}
        | {"leave_from": date(2026, 3, 2), "leave_to": date(2026, 3, 2), "mode_rp": "E"}
        | {"motive": "PA", "origin_id": decompte}
        | dict.fromkeys(sommes, net)
        | dict.fromkeys(nulles, 0)
        | conge
    )


METIER = Metier("paiements_d_essai", regularisations=f"{__name__}:read_paiements")


def pass_night(caisse: Caisse, jour: date) -> None:
    """A night of the fund with that business beside its own."""
    soir = datetime.combine(jour, SOIR.time(), UTC)
    run_nuit(Passage(caisse.maison, jour, soir, (*METIERS, METIER)))


def states(caisse: Caisse) -> dict[str, str]:
    """State of each date of the company, but those to come."""
    dates = caisse.read("calendriers").filter(pl.col("etat") != "PREVU")
    return dict(dates.select("mois", "etat").iter_rows())


def files(caisse: Caisse) -> dict[str, bytes]:
    """Files RCP of its box, by name."""
    boite = caisse.box(ADHERENT, "retour")
    return {chemin.name: chemin.read_bytes() for chemin in sorted(boite.glob("RCP_*"))}


def told(octets: bytes) -> Iterator[str]:
    """File id, centre, period, then the statements that a file tells."""
    lu = read_fixe(1, octets)
    assert lu.anomalies.is_empty(), lu.anomalies.to_dicts()
    assert lu.fichier is not None
    assert lu.fichier.genre is not None
    entete = lu.fichier.entete or {}
    yield from (entete[nom] for nom in ("file_id", "cdg", "period_from", "period_to"))
    ligne = lu.fichier.genre.enregistrements["50"]
    lues = select_valeurs(ligne, with_valeurs(ligne, lu.fichier.enregistrements["50"]))
    yield from lues["origin_id"]


def test_the_files_of_a_calendar(
    caisse: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """A file a centre of each month told; the company fetches it, or it goes ninety days later."""
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    caisse.learn(REGISTRE.encode(), YAML)
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    pass_night(caisse, date(2026, 4, 5))
    premier, second = (f"RCP_R_{CONVENTION}_20260405000000_{n:04}.txt" for n in (1, 2))
    assert {nom: list(told(octets)) for nom, octets in files(caisse).items()} == {
        premier: ["RCP-2026-03-0001", CENTRE, "20260201", "20260331", "D1", "D2"],
        second: ["RCP-2026-03-0002", AUTRE, "20260201", "20260331", "D3"],
    }
    assert states(caisse) == {"2026-02": "PRODUIT", "2026-03": "PRODUIT"}

    (caisse.box(ADHERENT, "retour") / premier).unlink()
    pass_night(caisse, date(2026, 5, 1))  # a month without payment: told, by no file
    assert list(files(caisse)) == [second]
    assert states(caisse) == dict.fromkeys(("2026-02", "2026-03", "2026-04"), "PRODUIT")

    (caisse.box(ADHERENT, "retour") / second).unlink()
    pass_night(caisse, date(2026, 6, 1))
    assert list(files(caisse)) == [f"RCP_R_{CONVENTION}_20260601000000_0001.txt"]
    assert states(caisse) == {
        "2026-02": "RETIRE",
        "2026-03": "RETIRE",
        "2026-04": "PRODUIT",
        "2026-05": "PRODUIT",
    }
    emis = caisse.read("fichiers_emis").filter(nature="RCP")
    assert emis.select("cdg", "publication").rows() == [(CENTRE, 1), (AUTRE, 1), (CENTRE, 3)]

    pass_night(caisse, date(2026, 8, 30))
    assert files(caisse) == {}
    fin = states(caisse)
    assert (fin["2026-03"], fin["2026-04"], fin["2026-05"]) == ("RETIRE", "EXPIRE", "EXPIRE")
    assert fin["2026-06"] == "PRODUIT"
