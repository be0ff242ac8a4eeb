"""What is held of one person is given to who asks for it, whole, and nobody else's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from cli.application import application
from specs.contrats import contrats
from warehouse.audit import read_objets
from warehouse.consultations import ACTION
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.tables_sql import AUDIT

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

NIR, ADHERENT, SIREN = "1850669123101", "A80001", "800000010"
DERNIER = (
    select(AUDIT.c.auteur, AUDIT.c.action, AUDIT.c.motif, AUDIT.c.objet)
    .order_by(AUDIT.c.rang.desc())
    .limit(1)
)
ACTE = ("--auteur", "A. Martin", "--motif", "demande du 4 mai")


@pytest.fixture(scope="module")
def vecue(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A fund that published two nights of one company."""
    caisse = make_appelee()
    caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    caisse.pass_night()
    return caisse


@pytest.fixture
def export(vecue: Caisse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`caisse donnees-personnelles exporter`, its number by the standard input."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(vecue.maison.reglages.dossier))

    def run(par: str, numero: str, *acte: str) -> Result:
        arguments = ["donnees-personnelles", "exporter", "--par", par, "--sortie", str(tmp_path)]
        return CliRunner().invoke(application, [*arguments, *acte], input=f"{numero}\n")

    return run


def test_one_person_is_told_whole(
    vecue: Caisse, export: Callable[..., Result], tmp_path: Path
) -> None:
    """By his NIR, his key or not; by his matricule; by his pseudonym: the same, under a minute."""
    salarie = compute_pseudonyme(vecue.maison.cle_pseudonymes, NIR)
    identites = vecue.maison.lac.read("identites_lues").filter(salarie=salarie).collect()
    matricule = identites["matricule"].drop_nulls()[0]
    dits = []
    for par, numero in (
        ("nir", NIR),
        ("nir", f"{NIR[:1]} {NIR[1:3]} {NIR[3:]} 42"),
        ("matricule", f"{SIREN} {matricule}"),
        ("pseudonyme", salarie),
    ):
        debut = time.monotonic()
        fait = export(par, numero, *ACTE)
        assert fait.exit_code == 0, fait.output
        assert time.monotonic() - debut < 60
        (json_, texte) = sorted(tmp_path.iterdir())
        assert {f.stat().st_mode & 0o777 for f in (json_, texte)} == {0o600}
        assert NIR not in f"{json_}{texte}{fait.output}"
        dits.append(json.loads(json_.read_bytes()) | {"acces": None})
    assert dits[0]["tables"] == dits[1]["tables"] == dits[2]["tables"] == dits[3]["tables"]
    assert [ligne["nir"] for ligne in dits[0]["tables"]["identites_lues"]["lignes"]] == [
        NIR
    ] * identites.height
    assert identites["nom"][0] in texte.read_text("utf-8")
    assert {d["depot"] for d in dits[0]["depots"]} == set(identites["depot"])


def test_every_row_that_names_him_is_there_and_no_other(
    vecue: Caisse, export: Callable[..., Result], tmp_path: Path
) -> None:
    """Table by table, against the lake read another way."""
    salarie = compute_pseudonyme(vecue.maison.cle_pseudonymes, NIR)
    assert export("nir", NIR, *ACTE).exit_code == 0
    dit = json.loads(next(tmp_path.glob("*.json")).read_bytes())
    trouvees = 0
    for nom, contrat in contrats().items():
        colonnes = [c.nom for c in contrat.colonnes]
        if "salarie" not in colonnes:
            continue
        siennes = vecue.maison.lac.read(nom).collect().filter(pl.col("salarie") == salarie)
        lignes = dit["tables"].get(nom, {"lignes": []})["lignes"]
        assert len(lignes) == siennes.height, nom
        assert all(ligne["salarie"] == salarie for ligne in lignes)
        trouvees += len(lignes)
    assert trouvees > 5


def test_who_asks_is_journaled_before_anything_is_written(
    vecue: Caisse, export: Callable[..., Result], tmp_path: Path
) -> None:
    """Who, when, why, of whom, no value; without them nothing is shown, nor of nobody."""
    assert export("nir", NIR).exit_code == 2
    assert export("nir", NIR, "--auteur", "A. Martin", "--motif", " ").exit_code == 2
    inconnu = export("nir", "2990199999999", *ACTE)
    assert (inconnu.exit_code, "2990199999999" in inconnu.output) == (2, False)
    assert not list(tmp_path.iterdir())
    with vecue.maison.moteur.connect() as c:
        avant = read_objets(c, ACTION)
    assert export("nir", NIR, *ACTE).exit_code == 0
    with vecue.maison.moteur.connect() as c:
        actes = read_objets(c, ACTION)
        dernier = c.execute(DERNIER).one()
    assert len(actes) == len(avant) + 1
    salarie = compute_pseudonyme(vecue.maison.cle_pseudonymes, NIR)
    assert dernier == ("A. Martin", ACTION, "demande du 4 mai", f"salarié {salarie}")
    dit = json.loads(next(tmp_path.glob("*.json")).read_bytes())
    assert dit["acces"][-1]["auteur"] == "A. Martin"


def test_documents_that_name_employees_are_journaled(
    vecue: Caisse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account of the machine when nobody says who he is."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(vecue.maison.reglages.dossier))
    monkeypatch.setattr("getpass.getuser", lambda: "exploitant")
    for options, auteur in (([], "exploitant"), (["--auteur", "anne"], "anne")):
        demande = ["bases", "2025-26", "--adherent", ADHERENT, "--sortie", str(tmp_path)]
        commande = ["document", *options, *demande]
        fait = CliRunner().invoke(application, commande)
        assert fait.exit_code == 0, fait.output
        with vecue.maison.moteur.connect() as c:
            dernier = c.execute(DERNIER).one()
        objet = f"état des bases de {ADHERENT}, 2025-26"
        assert dernier == (auteur, ACTION, "document demandé", objet)
