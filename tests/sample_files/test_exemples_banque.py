"""The committed files of the bank are those the code writes, and give what is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.verification import verify_fichiers
from sample_files.exemples_banque import RACINE, exemples, write_exemples
from specs.caisse import read_caisse

ECRITS = sorted(p for d in ("bons", "mauvais") for p in RACINE.joinpath(d).glob("*.xml"))
FICHIERS = [*ECRITS, *sorted(RACINE.glob("cas/*.xml"))]


def test_committed_files_are_those_the_code_writes(tmp_path: Path) -> None:
    """Writing the examples again changes no byte of what is committed, and leaves none out."""
    write_exemples(tmp_path)
    ecrits = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    gardes = {p.relative_to(RACINE): p.read_bytes() for p in RACINE.rglob("*") if p.is_file()}
    assert ecrits == {nom: octets for nom, octets in gardes.items() if nom.parts[0] != "cas"}
    assert len(ECRITS) == len(list(exemples()))
    assert len(FICHIERS) - len(ECRITS) == 20


@pytest.mark.parametrize("chemin", FICHIERS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_file_gives_what_is_expected(chemin: Path) -> None:
    """Verdict, code and line of each anomaly; of a good file, every movement."""
    attendu = json.loads(chemin.with_suffix(".attendu.json").read_text("utf-8"))
    lecture = verify_fichiers([(1, chemin.read_bytes())], read_caisse().boite_banque)
    assert lecture.bilans[0].verdict == attendu["verdict"]
    assert lecture.bilans[0].nature == "BANQUE"
    trouvees = lecture.anomalies.select("code", "ligne").rows()
    assert [list(couple) for couple in trouvees] == attendu["codes"]
    if attendu["verdict"] == "CONFORME":
        mouvements = (
            lecture.tables["mouvements_banque"]
            .select("nature", "montant_centimes", "code_motif")
            .rows()
        )
        assert [list(mouvement) for mouvement in mouvements] == attendu["mouvements"]


def test_a_refusal_says_what_to_do() -> None:
    """Each anomaly has its French sentence and its remedy."""
    fichiers = [(n, f.read_bytes()) for n, f in enumerate(FICHIERS)]
    anomalies = verify_fichiers(fichiers, read_caisse().boite_banque).anomalies
    assert anomalies.height >= 9
    assert set(anomalies["severite"]) == {"bloquante", "signal"}
    assert anomalies["message"].str.ends_with(".").all()
    assert anomalies["remede"].str.ends_with(".").all()
