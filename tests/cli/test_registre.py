"""`caisse registre`, `caisse decider` and `caisse decisions`, as an operator types them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.application import application
from specs.contrats import read_contrat, schema_polars
from specs.registre import read_tables
from warehouse.decisions import read_decisions
from warehouse.maison import open_maison
from warehouse.registre import read_adherents, read_droits_utilisateurs
from warehouse.registre.fichier_csv import parse_csv
from warehouse.registre.lignes import parse_entrees
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[2] / "sample_files" / "bons"
ACTE = ("--auteur", "gestion", "--motif", "ouverture")
APPEL = "C900101-202603-00"
ECHEANCES = ("--echeance", "2026-05-05=100", "--echeance", "2026-06-05=1,01")


@pytest.fixture(autouse=True)
def dossier(neuve: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, named by the environment as in production."""
    shutil.copytree(neuve, tmp_path / "maison")
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "maison"))
    return tmp_path


def _caisse(*arguments: object) -> Result:
    return CliRunner().invoke(application, [str(a) for a in arguments])


def _ecrit(dossier: Path, contenu: str, nom: str = "f.yaml") -> Path:
    (dossier / nom).write_text(contenu, "utf-8")
    return dossier / nom


def test_importer(dossier: Path) -> None:
    """The sample registry is imported; its boxes are made; again, nothing changes."""
    fait = _caisse("registre", "importer", BONS / "registre.yaml", *ACTE)
    assert fait.exit_code == 0, fait.output
    assert (
        fait.stdout
        == "Registre importé : 57\u00a0lignes lues, 57\u00a0ajouts, 0\u00a0correction.\n"
    )
    assert (dossier / "maison" / "sftp" / "A09001" / "depot").is_dir()
    encore = _caisse("registre", "importer", BONS / "registre.csv", *ACTE)
    assert "0\u00a0ajout, 0\u00a0correction" in encore.stdout


def test_a_blanc(dossier: Path) -> None:
    """A dry run shows each change, the IBAN masked, and writes nothing."""
    _caisse("registre", "importer", BONS / "registre.yaml", *ACTE)
    fichier = _ecrit(
        dossier,
        "adherents:\n- {siren: 999090012, ville: BRON}\n"
        "comptes_bancaires:\n- {compte: CB-09001, iban: FR7699999000010000000000115}\n"
        "adhesions:\n- {siren: 800000010, cotisation: FNTP, debut: 2026-01-01}\n",
    )
    fait = _caisse("registre", "importer", fichier, *ACTE, "--a-blanc")
    assert fait.stdout.splitlines() == [
        "~ adherents 999090012 : ville LYON → BRON",
        "+ adhesions 800000010/FNTP/2026-01-01",
        "~ comptes_bancaires CB-09001 : iban FR76…0178 → FR76…0115",
        "À blanc, rien n'est écrit : 3\u00a0lignes lues, 1\u00a0ajout, 2\u00a0corrections.",
    ]
    with open_maison(Reglages()).moteur.connect() as c:
        assert set(read_adherents(c)["ville"]) == {"LYON"}


def test_import_refuse(dossier: Path) -> None:
    """Errors go to the error output with their places, exit 1; a bad request is exit 2."""
    fichier = _ecrit(dossier, "siren;cotisation;debut\n999090012;FNTP;2026-01-01\n", "a.csv")
    fait = _caisse("registre", "importer", fichier, *ACTE)
    assert (fait.exit_code, fait.stdout) == (1, "")
    assert fait.stderr.splitlines() == [
        "ligne 2 : siren « 999090012 » : inconnu de adherents",
        "Rien n'a été importé.",
    ]
    assert _caisse("registre", "importer", dossier / "absent.csv", *ACTE).exit_code == 2
    inconnue = _caisse("registre", "importer", fichier, *ACTE, "--table", "x")
    assert inconnue.exit_code == 2
    assert "Tables : adherents, centres_gestion" in inconnue.stderr


def test_imports(dossier: Path) -> None:
    """Imports are listed with their file; the registry is written as each of them left it."""
    for fichier in (BONS / "registre.csv", BONS / "registre.yaml"):
        _caisse("registre", "importer", fichier, *ACTE)
    liste = _caisse("registre", "imports").stdout.splitlines()
    assert liste[0] == "numero;instant;auteur;motif;sha256"
    assert [ligne.split(";")[0] for ligne in liste[1:]] == ["1", "2"]
    assert liste[1].endswith(hashlib.sha256((BONS / "registre.csv").read_bytes()).hexdigest())
    sorties = [dossier / nom for nom in ("avant.yaml", "maintenant.yaml", "dernier.yaml")]
    for sortie, choix in zip(sorties, (("--import", 1), (), ("--import", 2)), strict=True):
        assert _caisse("registre", "exporter", "--sortie", sortie, *choix).exit_code == 0
    avant, maintenant, dernier = (sortie.read_text("utf-8") for sortie in sorties)
    assert "mandats" not in avant
    assert "999090012" in avant
    assert dernier == maintenant != avant
    inconnu = _caisse("registre", "exporter", "--sortie", dossier / "x.yaml", "--import", 3)
    assert (inconnu.exit_code, (dossier / "x.yaml").exists()) == (2, False)


def test_exporter(dossier: Path) -> None:
    """The export is private and has IBANs only when asked, with who and why."""
    _caisse("registre", "importer", BONS / "registre.yaml", *ACTE)
    sortie = dossier / "r.yaml"
    assert _caisse("registre", "exporter", "--sortie", sortie).exit_code == 0
    assert b"FR76" not in sortie.read_bytes()
    assert sortie.stat().st_mode & 0o777 == 0o600
    assert _caisse("registre", "exporter", "--sortie", sortie, "--avec-iban").exit_code == 2
    assert b"FR76" not in sortie.read_bytes()
    fait = _caisse("registre", "exporter", "--sortie", sortie, "--avec-iban", *ACTE)
    assert fait.exit_code == 0
    assert b"FR7699999000010000000900178" in sortie.read_bytes()


@pytest.fixture
def appels() -> None:
    """The sample members, and one call of March 2026."""
    _caisse("registre", "importer", BONS / "registre.yaml", *ACTE)
    contrat = read_contrat("appels")
    absents = dict.fromkeys((pl.Boolean(), pl.Date()))
    valeurs: dict[pl.DataType, Any] = {pl.String(): "x", pl.Int64(): 0, **absents}
    ligne = {c: valeurs[t] for c, t in schema_polars(contrat).items()}
    ligne |= {"appel": APPEL, "siren": "999090012", "mois_appel": "2026-03", "part": 0}
    ligne["nature"] = "INITIAL"
    frame = pl.DataFrame([ligne], schema=schema_polars(contrat)).with_columns(
        pl.col(pl.Date).fill_null(pl.date(2026, 4, 25))
    )
    open_maison(Reglages()).lac.write("appels", frame, {"part": 0})


@pytest.mark.usefixtures("appels")
@pytest.mark.parametrize(
    "arguments",
    [
        ("remise-majoration", "--appel", APPEL, "--montant", "12,5"),
        ("ECHEANCIER", "--appel", APPEL, *ECHEANCES),
        ("avoir", "--cdg", "C900101", "--montant", "1 250.00"),
        ("revocation-attestation", "--attestation", "ATT-999090012-20260401-01"),
        ("suspension-prelevement", "--date-effet", "2026-05-01"),
    ],
)
def test_decider(arguments: tuple[str, ...]) -> None:
    """Each nature is recorded from its options."""
    fait = _caisse("decider", *arguments, "--adherent", "999090012", *ACTE)
    assert fait.stdout == "Décision 1 enregistrée ; la prochaine nuit l'applique.\n", fait.output
    with open_maison(Reglages()).moteur.connect() as c:
        [lue] = read_decisions(c).rows(named=True)
    assert (lue["auteur"], lue["motif"]) == ("gestion", "ouverture")
    montants = {"REMISE_MAJORATION": 1250, "AVOIR": 125_000}
    assert lue["montant_centimes"] == montants.get(lue["nature"])
    if lue["nature"] == "ECHEANCIER":
        assert lue["contenu"] == (
            f'{{"appels": ["{APPEL}"], "echeances": [{{"centimes": 10000, "date": "2026-05-05"}},'
            ' {"centimes": 101, "date": "2026-06-05"}]}'
        )


@pytest.mark.usefixtures("appels")
@pytest.mark.parametrize(
    ("arguments", "erreur"),
    [
        (("cadeau",), "nature inconnue ; natures : remise-majoration, echeancier"),
        (("remise-majoration", "--montant", "1"), "appel : obligatoire"),
        (("remise-majoration", "--montant", "1", "--appel", "X"), "appel inconnu de ce SIREN : X"),
        (("avoir", "--cdg", "C900101", "--montant", "1,234"), "montant « 1,234 » : des euros"),
        (
            ("avoir", "--cdg", "C900101", "--echeance", "2026-05-05=1"),
            "--echeance : sans effet sur cette décision",
        ),
        (("echeancier", "--appel", APPEL, "--echeance", "5 mai=1"), "date « 5 mai » : AAAA-MM-JJ"),
        (("avoir", "--montant", "1"), "cdg : obligatoire"),
    ],
)
def test_decision_refusee(arguments: tuple[str, ...], erreur: str) -> None:
    """A decision that cannot be read or recorded is a sentence and exit code 2."""
    fait = _caisse("decider", *arguments, "--adherent", "999090012", *ACTE)
    assert fait.exit_code == 2
    assert f"Décision refusée : {erreur}" in fait.stderr
    with open_maison(Reglages()).moteur.connect() as c:
        assert read_decisions(c).is_empty()


def test_decisions_jamais_publiees() -> None:
    """Before any publication, the list says that nothing was published yet."""
    fait = _caisse("decisions")
    assert fait.exit_code == 0
    assert "Rien n'a encore été publié" in fait.stderr


@pytest.mark.parametrize("table", sorted(read_tables()))
def test_modele(table: str) -> None:
    """The model of a table is a CSV that an import takes for that table, well written."""
    fait = _caisse("registre", "modele", table)
    assert fait.stdout.splitlines()[0] == ";".join(read_tables()[table].champs)
    lecture = parse_csv(fait.stdout.encode())
    assert [entree.table for entree in lecture.entrees] == [table]
    assert parse_entrees(lecture.entrees)[1] == []


def test_orphelins(make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch) -> None:
    """A SIRET that waits is listed with the line to import; once imported, its deposit goes on."""
    registre = (BONS / "registre.csv").read_text("utf-8").splitlines()
    [connu] = [ligne for ligne in registre if ";C900101;" in ligne]
    caisse = make_caisse("\n".join(ligne for ligne in registre if ligne != connu).encode())
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    caisse.drop("A09001", "a.dsn", (BONS / "mensuelle_normale.dsn").read_bytes())
    caisse.drop("A09001", "b.dsn", (BONS / "siret_inconnu.dsn").read_bytes())
    caisse.pass_night()
    fait = _caisse("registre", "orphelins")
    entete, ligne, sans_centre = fait.stdout.splitlines()
    assert entete == f"{registre[0]};deposant"
    assert ligne == "A09001;999090012;ROUTES EXEMPLE;C900102;99909001200017;2026-03-01;;"
    assert sans_centre == ";999999998;;;99999999800019;2026-11-01;;A09001"
    assert "2 SIRET dont des déclarations attendent ; 1\u00a0ligne sans centre" in fait.stderr
    assert "1\u00a0déposé par un autre adhérent" in fait.stderr
    caisse.learn(f"{entete}\n{ligne}\n".encode())
    assert _caisse("registre", "orphelins").stdout.splitlines() == [entete, sans_centre]
    caisse.pass_night()
    assert caisse.journal()["a.dsn"].etat == "INTEGRE"
    ferme = ligne.replace("2026-03-01;", "2025-01-01;2025-12-31")
    caisse.learn(f"{entete}\n{ferme}\n".encode())
    caisse.pass_night()
    fait = _caisse("registre", "orphelins")
    assert fait.stdout.splitlines() == [entete, sans_centre]
    inscrit = "99909001200017, inscrit du 01/01/2025 au 31/12/2025, attend pour 2026-02, 2026-03 :"
    assert inscrit in fait.stderr
    (anomalie,) = caisse.read("anomalies").filter(code="CP-11").to_dicts()
    assert "inscrit au registre du 01/01/2025 au 31/12/2025 :" in anomalie["message"]


def test_dupliquer_droits(dossier: Path) -> None:
    """The rights of a user are shown, then given to another one by an import, once."""
    _caisse("registre", "importer", BONS / "registre.yaml", *ACTE)
    commande = ("registre", "dupliquer-droits", "--de", "A09001-PAIE", "--vers", "A09001-CHANTIER")
    jour = ("--debut", "2026-03-01")
    essai = _caisse(*commande, *jour, *ACTE, "--a-blanc")
    assert essai.stdout.splitlines()[:6] == [
        "droits_utilisateurs:",
        "  - utilisateur: A09001-CHANTIER",
        "    service: '*'",
        "    categorie: '*'",
        "    cdg: '*'",
        "    droit: vue",
    ]
    assert essai.stdout.endswith("3\u00a0lignes lues, 3\u00a0ajouts, 0\u00a0correction.\n")
    fait = _caisse(*commande, *jour, *ACTE)
    assert fait.stdout.endswith(
        "Registre importé : 3\u00a0lignes lues, 3\u00a0ajouts, 0\u00a0correction.\n"
    )
    with open_maison(Reglages()).moteur.connect() as c:
        droits = read_droits_utilisateurs(c).filter(utilisateur="A09001-CHANTIER")
    assert droits.filter(debut=date(2026, 3, 1))["service"].to_list() == [
        "*",
        "conges",
        "declarations",
    ]
    assert _caisse("registre", "imports").stdout.count("gestion") == 2
    refus = {
        (*commande, *jour): "A09001-PAIE n'a aucun droit que A09001-CHANTIER n'ait déjà.",
        (*commande[:-1], "A80001-PAIE"): "n'agissent pas pour la même entreprise",
        (*commande[:-1], "X"): "Utilisateur inconnu du registre : X.",
        (*commande[:-1], "A09001-PAIE"): "deux utilisateurs différents",
    }
    for arguments, message in refus.items():
        refusee = _caisse(*arguments, *ACTE)
        assert (refusee.exit_code, message in refusee.stderr) == (2, True), refusee.output
    contraire = (
        "droits_utilisateurs:\n- {utilisateur: A09001-ADM, droit: saisie, debut: 2026-01-01}\n"
    )
    _caisse("registre", "importer", _ecrit(dossier, contraire), *ACTE)
    heurt = _caisse(*commande[:-1], "A09001-ADM", *jour, *ACTE)
    assert heurt.exit_code == 1
    assert "commence avant la fin de droits_utilisateurs A09001-ADM/*/*/*" in heurt.stderr
