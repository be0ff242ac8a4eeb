"""`caisse verifier` on exchange files: its verdicts and exits, by what the file alone decides."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import verifier
from parsers.echanges.ecriture_xml import write_xml
from tests.parsers.echanges.fabrique import COMPTE, compose, write

NOM = "RIB_T_0001234_20240101080000_0001"
ENTETE = {"created": "20240101080000"}
JUSTE = write("RIB", [("40", COMPTE)], **ENTETE)
LIGNE = write("RIB", [("40", COMPTE | {"surname": "durand"})], **ENTETE)
application = typer.Typer()
application.command()(verifier.verifier)


def _verifier(*arguments: object) -> Result:
    return CliRunner().invoke(application, [str(a) for a in arguments])


@pytest.mark.parametrize(
    ("octets", "nom", "verdict", "codes", "sortie"),
    [
        (JUSTE, f"{NOM}.txt", "CONFORME", [], 0),
        (gzip.compress(JUSTE, mtime=0), f"{NOM}.txt.gz", "CONFORME", [], 0),
        (LIGNE, f"{NOM}.txt", "NON_CONFORME", ["F013"], 1),
        (JUSTE.replace(b"PAUL", b"JEAN"), f"{NOM}.txt", "NON_CONFORME", ["F005"], 1),
        (JUSTE[:321] + JUSTE[642:], f"{NOM}.txt", "NON_CONFORME", ["F010"], 1),
        (JUSTE[:-1], f"{NOM}.txt", "ILLISIBLE", ["F003"], 2),
        (JUSTE + b"\x1a", f"{NOM}.txt", "ILLISIBLE", ["F004"], 2),
        (JUSTE, "comptes.txt", "ILLISIBLE", ["F002"], 2),
        (b"", f"{NOM}.txt", "ILLISIBLE", ["F012"], 2),
        (b"99" + JUSTE[2:], f"{NOM}.txt", "ILLISIBLE", ["F010"], 2),
        (b"00XYZ " + JUSTE[6:], f"{NOM}.txt", "ILLISIBLE", ["F015"], 2),
    ],
)
def test_le_verdict_et_le_code_de_retour(
    tmp_path: Path, octets: bytes, nom: str, verdict: str, codes: list[str], sortie: int
) -> None:
    """2 when it can't be read, 1 when the file or one of its lines is refused, else 0."""
    (tmp_path / nom).write_bytes(octets)
    resultat = _verifier("--format", "json", tmp_path / nom)
    dit = json.loads(resultat.stdout)
    assert (dit["verdict"], [a["code"] for a in dit["anomalies"]]) == (verdict, codes)
    assert resultat.exit_code == sortie


def test_une_anomalie_dit_son_enregistrement_et_son_champ(tmp_path: Path) -> None:
    """The same object as for a DSN: `nature` is the kind, `ligne` the number of the record."""
    (tmp_path / f"{NOM}.txt").write_bytes(LIGNE)
    dit = json.loads(_verifier("--format", "json", tmp_path / f"{NOM}.txt").stdout)
    assert (dit["nature"], dit["mode"], dit["version"]) == ("RIB", "essai", "0100")
    (anomalie,) = dit["anomalies"]
    assert anomalie["message"].startswith("Un champ est écrit en minuscules")
    attendu = {"code": "F013", "severite": "bloquante", "ligne": 2, "bloc": "40"}
    attendu |= {"rubrique": "SURNAME", "valeur": "******"}
    assert attendu.items() <= anomalie.items()


def test_les_deux_formes_et_le_plus_haut_code(tmp_path: Path) -> None:
    """The XML of the same file is told the same; of several files, the highest exit."""
    (tmp_path / f"{NOM}.txt").write_bytes(LIGNE)
    fichier = compose("RIB", [("40", COMPTE | {"surname": "durand"})], **ENTETE)
    (tmp_path / f"{NOM}.xml").write_bytes(write_xml(fichier))
    juste = tmp_path / NOM.replace("0001", "0002")
    juste.with_suffix(".txt").write_bytes(JUSTE)
    resultat = _verifier("--format", "json", tmp_path)
    dits = [json.loads(ligne) for ligne in resultat.stdout.splitlines()]
    assert resultat.exit_code == 1
    fixe, xml = (d["anomalies"] for d in dits if d["fichier"].startswith(str(tmp_path / NOM)))
    (correction,) = [anomalie.pop("correction") for anomalie in fixe]
    assert fixe == xml  # in which a machine puts nothing right
    assert (correction["enregistrement"], correction["texte"].rstrip()) == (2, "DURAND")


def test_ce_qui_se_corrige_seul_est_donne_en_octets(tmp_path: Path) -> None:
    """What the machine says, put where it says, makes the file conform."""
    fichier = tmp_path / f"{NOM}.txt"
    fichier.write_bytes(JUSTE[:-1])
    (anomalie,) = json.loads(_verifier("--format", "json", fichier).stdout)["anomalies"]
    place = anomalie["correction"]
    debut = (place["enregistrement"] - 1) * 321 + place["debut"] - 1
    suite = JUSTE[:-1][debut + place["longueur"] :]
    fichier.write_bytes(JUSTE[:debut] + place["texte"].encode("latin-1") + suite)
    assert _verifier("--format", "json", fichier).exit_code == 0


def test_le_texte_compte_les_enregistrements(tmp_path: Path) -> None:
    """For a person: the verdict, the version of the description, the records."""
    (tmp_path / f"{NOM}.txt").write_bytes(JUSTE)
    premiere = _verifier(tmp_path / f"{NOM}.txt").stdout.splitlines()[0]
    assert "CONFORME (version 0100, 3 enregistrements, 0\u00a0bloquante" in premiere
