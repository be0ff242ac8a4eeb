"""Anomalies are sorted by the software that made the files: one line to send to its editor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from parsers.dsn.enveloppe import Logiciel, parse_logiciel
from pipelines.rapports.regles.editeurs import group_anomalies
from specs.contrats import read_contrat, schema_polars

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

EN_TETE = b"S10.G00.00.001,'PAIE+'\r\nS10.G00.00.002,'L\xc9DITEUR'\r\nS10.G00.00.003,'4.2'\r\n"


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (EN_TETE, Logiciel("PAIE+", "LÉDITEUR", "4.2")),
        (b"S05.G51.00.001,'x'\n" + EN_TETE, Logiciel("PAIE+", "LÉDITEUR", "4.2")),
        (b"S10.G00.00.002,'SEUL'\nS10.G00.00.001,''\n", Logiciel(None, "SEUL", None)),
        (b"\x00\xff", Logiciel(None, None, None)),
    ],
    ids=["entier", "lot", "partiel", "illisible"],
)
def test_the_software_is_read_of_any_file(octets: bytes, attendu: Logiciel) -> None:
    """Conforming or not: what is not said is none."""
    assert parse_logiciel(octets) == attendu


def anomalie(depot: str, code: str, rubrique: str | None, nombre: int = 1) -> dict[str, Any]:
    """A row of what is grouped."""
    communs = {"severite": "bloquante", "message": f"{code} explique"}
    return communs | {"depot": depot, "code": code, "rubrique": rubrique, "nombre": nombre}


def test_one_editor_one_rubric_its_companies() -> None:
    """Companies are counted once; what touches most of them comes first; a file may say nothing."""
    rubrique = "S21.G00.30.001"
    anomalies = pl.DataFrame(
        [
            anomalie("D1", "CME-11", rubrique, 3),
            anomalie("D2", "CME-11", rubrique),
            anomalie("D3", "CME-11", rubrique),
            anomalie("D4", "F004", None),
        ]
    )
    depots = pl.DataFrame({"depot": ["D1", "D2", "D3", "D4"], "adherent": ["A2", "A1", "A1", "A3"]})
    logiciels = pl.DataFrame(
        {
            "depot": ["D1", "D2", "D3", "D4"],
            "editeur": ["E", "E", "E", None],
            "logiciel": ["PAIE", "PAIE", "PAIE", None],
            "version_logiciel": ["1", "1", "1", None],
        }
    )
    groupes = group_anomalies(anomalies, depots, logiciels)
    assert groupes.schema == schema_polars(read_contrat("anomalies_editeurs"))
    assert groupes.rows() == [
        ("E", "PAIE", "1", rubrique, "CME-11", "bloquante", 2, 3, 5, "CME-11 explique", "A1, A2"),
        (*["(non dit)"] * 3, "", "F004", "bloquante", 1, 1, 1, "F004 explique", "A3"),
    ]


def test_an_operator_lists_what_an_editor_gets_wrong(
    caisse: Caisse,
    ask: Callable[..., Result],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """Of what is published: a refused file has its software; another editor has nothing."""
    faux = as_real(normale).replace(b"S20.G00.05.005,'01032026'", b"S20.G00.05.005,'01132026'")
    assert faux != as_real(normale)
    caisse.drop("A80001", "faux.dsn", faux)
    caisse.pass_night()
    dit = ask(caisse, "anomalies-editeurs", "--editeur", "jeu de", "--format", "json")
    assert dit.exit_code == 0, dit.output
    lignes = json.loads(dit.output)
    assert lignes
    assert {(ligne["editeur"], ligne["logiciel"]) for ligne in lignes} == {
        ("JEU DE TEST", "SYNTH-DSN")
    }
    assert {ligne["adherents"] for ligne in lignes} == {"A80001"}
    assert "S20.G00.05.005" in {ligne["rubrique"] for ligne in lignes}
    assert (
        json.loads(ask(caisse, "anomalies-editeurs", "--editeur", "x", "--format", "json").output)
        == []
    )
