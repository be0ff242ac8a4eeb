"""What an import refuses of names and addresses that no bank, or no post, would take."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registre import correct_row
from warehouse.maison import Maison, open_maison
from warehouse.registre import CSV, YAML, Import, import_registre, read_adherents
from warehouse.reglages import Reglages
from warehouse.tables_registre import ADHERENTS

RACINE = Path(__file__).parents[2] / "sample_files"
COMPLET = (RACINE / "bons" / "registre.yaml").read_bytes()
CAS = RACINE / "banque" / "cas"
ADHERENT = "siren: 800000010"
SUISSE = "CH4299999000000000001"


@pytest.fixture
def sqlite(neuve: Path, tmp_path: Path) -> Iterator[Maison]:
    """A home on SQLite that knows the members of the sample files."""
    shutil.copytree(neuve, tmp_path / "maison")
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    assert _import(maison, COMPLET).erreurs == ()
    yield maison
    maison.moteur.dispose()


def _import(maison: Maison, contenu: bytes | str, forme: str = YAML) -> Import:
    octets = contenu if isinstance(contenu, bytes) else contenu.encode()
    table = "adherents" if forme == CSV else None
    with maison.moteur.begin() as c:
        acte = {"auteur": "gestion", "motif": "test", "instant": "2026-01-01T08:00:00Z"}
        return import_registre(c, octets, archive=maison.archive, forme=forme, table=table, **acte)


def _rows(section: str, rangee: str) -> str:
    return f"{section}:\n- {{{rangee}}}\n"


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ((CAS / "titulaire_non_latin.yaml").read_text("utf-8"), "titulaire : lettres latines"),
        (_rows("adherents", f"{ADHERENT}, ville: Αθήνα"), "ville : lettres latines"),
        (_rows("adherents", f"{ADHERENT}, adresse: 北京 1"), "adresse : lettres latines"),
        (
            _rows("comptes_bancaires", "compte: CB-80001, titulaire: '***'"),
            "titulaire : une lettre",
        ),
    ],
)
def test_what_no_bank_could_write_is_refused(sqlite: Maison, texte: str, dit: str) -> None:
    """A name or an address in another alphabet is refused with its place, and is not quoted."""
    (erreur,) = _import(sqlite, texte).erreurs
    assert dit in erreur
    assert not any(lettre in erreur for lettre in "ЮΑ北*")


@pytest.mark.parametrize("titulaire", ["Łódź Đorđe Søren", "TRAVAUX D’ÉTÉ & CIE"])
def test_letters_that_banks_write_otherwise_are_taken(sqlite: Maison, titulaire: str) -> None:
    """Latin letters of every European language are taken as they are."""
    ligne = f"compte: CB-80001, titulaire: {titulaire}"
    assert _import(sqlite, _rows("comptes_bancaires", ligne)).corrections == 1


@pytest.mark.parametrize(
    ("adresse", "dit"),
    [
        ("code_postal: 6000", "« 6000 » : 5 chiffres attendus pour le pays FR"),
        ("code_postal: 6000", "0 de tête"),
        ("code_postal: 690033", "5 chiffres"),
        ("code_postal: 69 003", "5 chiffres"),
        ("code_postal: '06000'", None),
        ("pays: CH, code_postal: 1204", None),
        ("pays: CH", "4 chiffres attendus pour le pays CH"),
        ("pays: GB, code_postal: SW1A 1AA", None),
    ],
)
def test_a_postcode_that_lost_a_figure_is_refused(
    sqlite: Maison, adresse: str, dit: str | None
) -> None:
    """Judged with the country that the company has once the file is taken."""
    erreurs = _import(sqlite, _rows("adherents", f"{ADHERENT}, {adresse}")).erreurs
    if dit is None:
        assert erreurs == ()
    else:
        assert dit.replace("0 de tête", "zéro de tête : 06000") in " ".join(erreurs)


def test_the_sample_of_a_spreadsheet_is_refused(sqlite: Maison) -> None:
    """A CSV whose postcode lost its zero changes nothing."""
    csv = (CAS / "code_postal_sans_zero.csv").read_bytes()
    (erreur,) = _import(sqlite, csv, CSV).erreurs
    assert erreur.startswith("ligne 2 : code_postal « 6000 »")
    with sqlite.moteur.connect() as c:
        assert "06000" not in read_adherents(c)["code_postal"].to_list()


def test_an_account_outside_the_eea_asks_an_address(sqlite: Maison) -> None:
    """Taken with an address, refused without; the address can't be taken away afterwards."""
    (erreur,) = _import(sqlite, (CAS / "compte_suisse_sans_adresse.yaml").read_bytes()).erreurs
    assert "adresse, ville : obligatoire" in erreur
    assert "(CH)" in erreur
    compte = _rows("comptes_bancaires", f"compte: CB-80001, iban: {SUISSE}")
    assert _import(sqlite, compte).corrections == 1
    (erreur,) = _import(sqlite, _rows("adherents", f"{ADHERENT}, ville: null")).erreurs
    assert "ville : obligatoire" in erreur


def test_what_was_written_before_does_not_refuse_another_row(sqlite: Maison) -> None:
    """A home that already has a bad address still takes what does not touch it."""
    with sqlite.moteur.begin() as c:
        mauvaise = {"code_postal": "6000", "ville": "北京"}
        correct_row(c, ADHERENTS, {"siren": "800000010"}, mauvaise)
    autre = _rows("adherents", "siren: 999090012, ville: NICE")
    assert _import(sqlite, autre).corrections == 1
    assert _import(sqlite, _rows("adherents", f"{ADHERENT}, adresse: 1 rue")).erreurs != ()
