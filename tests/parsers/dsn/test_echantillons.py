"""The sample files, each with the report that it must give."""

import json
from importlib.resources import files
from typing import Any

import pytest

from pipelines.verification import verify_fichiers

FICHIERS = sorted(
    (
        fichier
        for dossier in ("bons", "mauvais")
        for fichier in files("sample_files").joinpath(dossier).iterdir()
        if fichier.name.endswith(".dsn")
    ),
    key=lambda fichier: fichier.name,
)


@pytest.mark.parametrize("fichier", FICHIERS, ids=[f.name for f in FICHIERS])
def test_sample_gives_its_report(fichier: Any) -> None:
    """Each sample file gives exactly the codes and lines written beside it."""
    rapport = fichier.with_name(fichier.name.replace(".dsn", ".attendu.json"))
    attendu = json.loads(rapport.read_text("utf-8"))
    anomalies = verify_fichiers([(0, fichier.read_bytes())]).anomalies
    codes = [list(couple) for couple in anomalies.select("code", "ligne").rows()]
    assert sorted(codes, key=str) == sorted(attendu["codes"], key=str)
    bloquantes = (anomalies["severite"] == "bloquante").any()
    assert bloquantes == (attendu["verdict"] != "CONFORME")
