"""The committed files are those the code writes, and the parser answers what is expected."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from parsers.anomalies import merge
from parsers.dsn.enveloppe import open_fichier
from parsers.dsn.lecteur import read_dsn
from sample_files.exemples import RACINE, exemples, registre, write_exemples
from sample_files.generateur.declarations import message
from sample_files.generateur.ecriture import encode
from sample_files.generateur.equipe import build_declaration
from sample_files.generateur.fautes import FAUTES, ILLISIBLE
from specs.messages import read_message
from specs.periodes import Mois
from warehouse.registre.fichier_csv import parse_csv

FICHIERS = sorted(f for dossier in ("bons", "mauvais") for f in (RACINE / dossier).glob("*.dsn"))


def read_report(octets: bytes) -> pl.DataFrame:
    """Anomalies of a file, as the engine finds them."""
    ouverture = open_fichier(0, octets)
    trouvees = [ouverture.anomalies]
    for version, envoi in ouverture.envois:
        trouvees += [morceau.anomalies for morceau in read_dsn([envoi], version)]
    return merge(trouvees)


def test_committed_files_are_those_the_code_writes(tmp_path: Path) -> None:
    """Writing the examples again changes no byte of what is committed."""
    write_exemples(tmp_path)
    ecrits = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(ecrits) > 80
    for chemin in ecrits:
        assert chemin.read_bytes() == (RACINE / chemin.relative_to(tmp_path)).read_bytes()


def test_every_file_has_its_expected_report() -> None:
    """A sample file without its report, or a report without its file, is an oversight."""
    rapports = {p.name.removesuffix(".attendu.json") for p in RACINE.glob("*/*.attendu.json")}
    assert {p.stem for p in FICHIERS} == rapports
    assert {Path(e.nom).name for e in exemples()} == rapports


@pytest.mark.parametrize("chemin", FICHIERS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_parser_reports_what_is_expected(chemin: Path) -> None:
    """Code and line of each anomaly are the expected ones, and no other."""
    attendu = json.loads(chemin.with_suffix(".attendu.json").read_text("utf-8"))
    trouvees = read_report(chemin.read_bytes()).select("code", "ligne").rows()
    assert [list(couple) for couple in trouvees] == attendu["codes"]
    if attendu["verdict"] == ILLISIBLE:
        assert open_fichier(0, chemin.read_bytes()).envois == ()


@pytest.mark.parametrize("nom", sorted(FAUTES))
@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_a_fault_is_one_anomaly(nom: str, fin: str) -> None:
    """Each fault of the generator, in each kind of line end, gives its codes at their lines."""
    lignes = message([build_declaration(Mois(2025, 4))], essai=False)
    constat = FAUTES[nom](lignes, fin)
    trouvees = read_report(constat.octets).select("code", "ligne").rows()
    attendues = [couple for couple in constat.codes if not couple[0].startswith("CP")]
    assert trouvees == attendues
    assert constat.octets != encode(lignes, fin)
    for code, _ in constat.codes:
        assert read_message(code).remede


def test_the_register_of_the_good_files_is_accepted() -> None:
    """The fund can import the members of the good files."""
    entrees, erreurs = parse_csv(registre().encode())
    assert erreurs == []
    assert "80000001000010" in {entree.textes["siret"] for entree in entrees}
