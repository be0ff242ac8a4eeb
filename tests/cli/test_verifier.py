"""`caisse verifier`: what an editor of payroll software runs before sending."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from lxml import etree
from typer.testing import CliRunner, Result

from cli import verifier
from cli.verifier import ANOMALIES_ECRITES
from parsers.anomalies import MAXIMUM_CONSERVE
from specs.caisse import read_caisse
from warehouse.reglages import Reglages

RACINE = Path(__file__).parents[2]
BONS, MAUVAIS = RACINE / "sample_files" / "bons", RACINE / "sample_files" / "mauvais"
BANQUE = BONS.parent / "banque"
BON = str(BONS / "mensuelle_normale.dsn")
FAUX = str(MAUVAIS / "date_fausse.dsn")
PERDU = str(MAUVAIS / "utf16.dsn")
CLES = ["fichier", "nature", "mode", "version", "verdict", "anomalies"]
CLES_ANOMALIE = ["code", "severite", "ligne", "bloc", "rubrique", "valeur", "message", "remede"]

application = typer.Typer()
application.command()(verifier.verifier)


def _verifier(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments)


@pytest.mark.parametrize(
    ("fichiers", "attendu"),
    [
        ([BON], 0),
        ([FAUX], 1),
        ([PERDU], 2),
        ([BON, FAUX], 1),
        ([FAUX, PERDU, BON], 2),
        ([BON, "absent.dsn"], 2),
    ],
)
def test_the_exit_code_is_that_of_the_worst_file(fichiers: list[str], attendu: int) -> None:
    """0 when all conform, 1 when one does not, 2 when one cannot be used."""
    assert _verifier(*fichiers).exit_code == attendu


def test_a_good_file_takes_one_line() -> None:
    """The verdict, the version of the norm and the counts, in French."""
    lignes = _verifier(BON).stdout.splitlines()
    assert len(lignes) == 1
    assert lignes[0].startswith(f"{BON} : CONFORME (norme P26V01, ")
    assert "0\u00a0bloquante" in lignes[0]


def test_a_bad_file_says_where_and_what_to_do() -> None:
    """Each anomaly has its line, its code, its explanation and its remedy."""
    entete, lieu, remede = _verifier(FAUX).stdout.splitlines()
    assert "NON CONFORME" in entete
    code, ligne = json.loads((MAUVAIS / "date_fausse.attendu.json").read_text())["codes"][0]
    assert lieu.startswith(f"  ligne {ligne} [{code}] ")
    assert remede.strip().startswith("à faire : ")


def spoilt(dossier: Path, nombre: int) -> str:
    """A file with so many lines of no form before its footer, which counts them."""
    entier = Path(BON).read_bytes()
    total = entier.count(b"\n")
    octets = entier.replace(f"'{total}'".encode(), f"'{total + nombre}'".encode())
    chemin = dossier / "abime.dsn"
    chemin.write_bytes(octets.replace(b"S90.G00.90.001", b"x\n" * nombre + b"S90.G00.90.001"))
    return str(chemin)


@pytest.mark.parametrize(
    ("nombre", "signaux", "suite"),
    [
        (ANOMALIES_ECRITES + 100, 0, "les donne toutes"),
        (MAXIMUM_CONSERVE + 100, 1, f"donne les {MAXIMUM_CONSERVE} premières et compte les autres"),
    ],
)
def test_a_text_that_is_cut_says_so(tmp_path: Path, nombre: int, signaux: int, suite: str) -> None:
    """Counts by code first, as many anomalies as it writes, then where the whole is.

    One signal says that so many refusals leave the coherence unjudged.
    """
    fichier = spoilt(tmp_path, nombre)
    lignes = _verifier(fichier).stdout.splitlines()
    assert f"{nombre + signaux} anomalies, par code et rubrique" in lignes[1]
    assert lignes[2].strip().startswith(f"{nombre} fois [F021] (bloquante, ligne ")
    assert sum("à faire" in ligne for ligne in lignes) == ANOMALIES_ECRITES
    assert f"{nombre + signaux - ANOMALIES_ECRITES} autres anomalies" in lignes[-1]
    assert suite in lignes[-1]
    assert lignes[-1].endswith(f"--format xml {fichier}")


def test_a_text_that_is_whole_does_not_count_by_code(tmp_path: Path) -> None:
    """As many anomalies as the text writes: all of them, and nothing more."""
    lignes = _verifier(spoilt(tmp_path, ANOMALIES_ECRITES)).stdout.splitlines()
    assert len(lignes) == 1 + 2 * ANOMALIES_ECRITES


def test_the_other_formats_count_what_they_leave_out(tmp_path: Path) -> None:
    """Beyond ten thousand: one row for the others, and exact counts in XML and in JSON."""
    nombre = MAXIMUM_CONSERVE + 100
    fichier = spoilt(tmp_path, nombre)
    lu = json.loads(_verifier("--format", "json", fichier).stdout)
    assert (lu["anomalies_total"], len(lu["anomalies"])) == (nombre + 1, MAXIMUM_CONSERVE + 2)
    assert [(g["code"], g["nombre"]) for g in lu["groupes"]] == [("F021", nombre), ("F029", 1)]
    racine = etree.fromstring(_verifier("--format", "xml", fichier).stdout.encode())
    schema = etree.XMLSchema(etree.parse(RACINE / "specs" / "xsd" / "rapport.xsd"))
    schema.assertValid(racine)
    espace = {"r": racine.nsmap[None]}
    assert racine.xpath("string(//r:envoi_groupe/r:nombre)", namespaces=espace) == str(nombre)
    assert racine.xpath("sum(//r:description/r:nombre)", namespaces=espace) == nombre + 1


def test_json_is_one_object_a_file() -> None:
    """One line of JSON a file, in the order given, with the names that stay."""
    fichiers = [FAUX, BON, PERDU]
    resultat = _verifier("--format", "json", *fichiers)
    lus = [json.loads(ligne) for ligne in resultat.stdout.splitlines()]
    assert [lu["fichier"] for lu in lus] == fichiers
    assert [lu["verdict"] for lu in lus] == ["NON_CONFORME", "CONFORME", "ILLISIBLE"]
    assert [list(lu) for lu in lus] == [CLES] * 3
    assert {lu["nature"] for lu in lus} == {"DSN"}
    assert [len(lu["anomalies"]) for lu in lus] == [1, 0, 1]
    for lu in lus:
        assert all(list(anomalie) == CLES_ANOMALIE for anomalie in lu["anomalies"])


def test_every_sample_gets_its_expected_report() -> None:
    """All samples in one command: each verdict and each first code are those kept beside it."""
    fichiers = sorted([*BONS.glob("*.dsn"), *MAUVAIS.glob("*.dsn")])
    lus = _verifier("--format", "json", *map(str, fichiers)).stdout.splitlines()
    assert len(lus) == len(fichiers)
    for fichier, ligne in zip(fichiers, lus, strict=True):
        lu = json.loads(ligne)
        attendu = json.loads(fichier.with_suffix(".attendu.json").read_text("utf-8"))
        assert (fichier.name, lu["verdict"]) == (fichier.name, attendu["verdict"])
        assert {code for code, _ in attendu["codes"]} <= {a["code"] for a in lu["anomalies"]}


@pytest.mark.parametrize("fichier", [BON, FAUX, PERDU])
def test_xml_is_the_report_that_a_company_gets(fichier: str) -> None:
    """The XML is valid against the schema of the reports."""
    resultat = _verifier("--format", "xml", fichier)
    schema = etree.XMLSchema(etree.parse(RACINE / "specs" / "xsd" / "rapport.xsd"))
    schema.assertValid(etree.fromstring(resultat.stdout.encode()))


def test_a_missing_file_is_named_and_the_others_are_judged() -> None:
    """What can't be read goes to the error output, the rest is judged."""
    resultat = _verifier("absent.dsn", BON)
    assert "absent.dsn : fichier introuvable ou illisible" in resultat.stderr
    assert f"{BON} : CONFORME" in resultat.stdout


def test_a_folder_without_any_file_is_not_said_to_conform(tmp_path: Path) -> None:
    """It is named on the error output, and nothing could be used."""
    (tmp_path / "notes.pdf").write_bytes(b"")
    resultat = _verifier(str(tmp_path))
    assert resultat.exit_code == 2
    assert f"{tmp_path} : aucun fichier à contrôler dans ce dossier" in resultat.stderr
    assert resultat.stdout == ""


@pytest.mark.parametrize("forme", ["texte", "json", "xml"])
def test_nothing_is_sent_anywhere(forme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened, whatever the shape of the result."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("une connexion est demandée")

    monkeypatch.setattr("socket.socket.__init__", refuse)
    assert _verifier("--format", forme, BON, FAUX).exit_code == 1


@pytest.mark.parametrize("forme", ["texte", "json", "xml"])
def test_no_shape_shows_who_an_employee_is(forme: str, tmp_path: Path) -> None:
    """The number, the name and the birth date of an individual are refused, and masked."""
    lignes = Path(BON).read_text("latin-1").splitlines()
    faux = {
        "S21.G00.30.001": "2999999999999",
        "S21.G00.30.002": "DURAND- ",
        "S21.G00.30.006": "31021990",
    }
    changees = [f"{li[:14]},'{faux[li[:14]]}'" if li[:14] in faux else li for li in lignes]
    fichier = tmp_path / "masque.dsn"
    fichier.write_text("\n".join([*changees, ""]), "latin-1")
    resultat = _verifier("--format", forme, str(fichier))
    assert resultat.exit_code == 1
    for rubrique, valeur in faux.items():
        assert rubrique in resultat.stdout
        assert valeur.strip() not in resultat.stdout


@pytest.mark.parametrize(("reste", "attendu"), [(0, 0), (-1, 2)])
def test_a_file_beyond_the_size_that_is_admitted_is_not_read(
    reste: int, attendu: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit it is judged, one byte over it is named, with its size, on the error output."""
    taille = Path(BON).stat().st_size
    reduite = replace(read_caisse(), taille_max_octets=taille + reste)
    monkeypatch.setattr("specs.caisse.read_caisse", lambda: reduite)
    resultat = _verifier(BON)
    assert resultat.exit_code == attendu
    assert (f"{BON} : Le fichier dépasse la taille admise : {taille}" in resultat.stderr) == bool(
        attendu
    )


def test_the_size_that_is_admitted_is_that_of_a_deposit() -> None:
    """Two gibibytes, one value for what is sent and for what is verified."""
    limite = 2 * 1024**3
    assert read_caisse().taille_max_octets == Reglages().taille_max_octets == limite


def test_files_are_judged_alike_alone_or_together(tmp_path: Path) -> None:
    """Neighbours change nothing: the same object for a file, alone or among others."""
    seul = _verifier("--format", "json", FAUX).stdout
    parmi = _verifier("--format", "json", BON, PERDU, FAUX, FAUX).stdout.splitlines(keepends=True)
    assert [seul, seul] == parmi[2:]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_stands_for_the_files_that_it_holds() -> None:
    """Every file of companies under a folder is controlled, by its path; the registry is not."""
    lignes = [json.loads(li) for li in _verifier("--format", "json", str(BONS)).stdout.splitlines()]
    attendus = sorted([*BONS.glob("*.dsn"), *(BONS / "echanges").glob("*_*.*")])
    assert [ligne["fichier"] for ligne in lignes] == [str(fichier) for fichier in attendus]
    assert {ligne["verdict"] for ligne in lignes} == {"CONFORME"}


def test_a_file_of_the_bank_is_verified_too() -> None:
    """A statement is told by its message and its movements, in text and in JSON."""
    releve = str(BANQUE / "bons" / "camt053_virements.xml")
    assert "CONFORME (message camt.053.001.08, 6 mouvements" in _verifier(releve).stdout
    lu = json.loads(_verifier(releve, "--format", "json").stdout)
    assert (lu["nature"], lu["verdict"], lu["anomalies"]) == ("BANQUE", "CONFORME", [])
