"""Users, rights and mandates of deposit in the registry: what empty means, what is never shown."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.registre import format_changement
from pipelines.publication.registre import write_registre
from pipelines.reception.etapes import create_boites
from pipelines.registre import compute_deposants
from specs.echanges import read_genres
from specs.registre import read_tables
from warehouse.maison import Maison, open_maison
from warehouse.registre import (
    CSV,
    TABLES,
    YAML,
    Import,
    import_registre,
    read_droits_utilisateurs,
    read_mandats_depot,
    read_options_adherents,
    read_utilisateurs,
)
from warehouse.reglages import Reglages
from warehouse.tables_sql import AUDIT

COMPLET = (Path(__file__).parents[2] / "sample_files" / "bons" / "registre.yaml").read_bytes()
CHANTIER = "{utilisateur: A80001-CHANTIER, cdg: , droit: vue, debut: 2026-02-01}"
NOM, COURRIEL = "SECRET Personne", "tres.secret@ailleurs.example"
UTILISATEUR = f"utilisateur: U-1, siren: 800000010, nom: {NOM}, courriel: {COURRIEL}"


@pytest.fixture
def maison(neuve: Path, tmp_path: Path) -> Iterator[Maison]:
    """A home on SQLite that knows the members of the sample files."""
    shutil.copytree(neuve, tmp_path / "maison")
    ouverte = open_maison(Reglages(dossier=tmp_path / "maison"))
    assert _import(ouverte, COMPLET).erreurs == ()
    yield ouverte
    ouverte.moteur.dispose()


def _import(maison: Maison, contenu: bytes | str, forme: str = YAML) -> Import:
    octets = contenu if isinstance(contenu, bytes) else contenu.encode()
    acte = {"auteur": "gestion", "motif": "test", "instant": "2026-01-01T08:00:00Z"}
    with maison.moteur.begin() as c:
        return import_registre(c, octets, forme=forme, archive=maison.archive, **acte)


@pytest.mark.parametrize(
    ("contenu", "forme"),
    [
        ("utilisateur;droit;debut\nA80001-CHANTIER;vue;2026-02-01\n", CSV),
        (
            "utilisateur;service;categorie;cdg;droit;debut\nA80001-CHANTIER;;;;vue;2026-02-01\n",
            CSV,
        ),
        (
            "utilisateur;service;categorie;cdg;droit;debut\nA80001-CHANTIER;*;*;*;vue;2026-02-01\n",
            CSV,
        ),
        (
            f"droits_utilisateurs:\n- {CHANTIER}\n",
            YAML,
        ),
    ],
)
def test_rien_veut_dire_tous(maison: Maison, contenu: str, forme: str) -> None:
    """A column left out, an empty value or a star say the same; done again, nothing changes."""
    fait = _import(maison, contenu, forme)
    assert (fait.erreurs, fait.ajouts) == ((), 1)
    with maison.moteur.connect() as c:
        lus = read_droits_utilisateurs(c).filter(utilisateur="A80001-CHANTIER", droit="vue")
    assert lus.select("service", "categorie", "cdg").row(0) == ("*", "*", "*")
    assert _import(maison, contenu, forme).changements == ()


def test_les_services_des_fichiers() -> None:
    """A right may be given on the service of every kind of file that companies deposit."""
    genres = [genre for genre in read_genres().values() if genre.entrant]
    for table in ("droits_utilisateurs", "mandats_depot"):
        choix = set(read_tables()[table].champs["service"].choix)
        assert {genre.service for genre in genres} | {"declarations", "*"} == choix
    natures = set(read_tables()["conventions"].champs["nature"].choix)
    assert {genre.convention for genre in genres} < natures


def test_le_mandataire_a_une_boite_et_depose(maison: Maison) -> None:
    """A mandatary gets a box; of declarations, or of all, it is one more who deposits them."""
    mandats = ("CABINET-02;999090012;comptabilite", "CABINET-03;999090012;", "A80001;999090012;")
    lignes = [f"{mandat};2026-01-01;2026-06-30" for mandat in mandats]
    fait = _import(maison, "\n".join(["mandataire;siren;service;debut;fin", *lignes]) + "\n", CSV)
    assert fait.erreurs == ()
    create_boites(maison)
    boites = {dossier.name for dossier in (maison.reglages.dossier / "sftp").iterdir()}
    assert boites == {"A09001", "A80001", "BANQUE", "CABINET-01", "CABINET-02", "CABINET-03"}
    with maison.moteur.connect() as c:
        deposants = compute_deposants(read_options_adherents(c), read_mandats_depot(c))
    assert deposants["deposant"].to_list() == ["A80001", "CABINET-01", "CABINET-03"]


def test_personne_n_est_montre(maison: Maison, caplog: pytest.LogCaptureFixture) -> None:
    """Names and addresses are in no error, act, frame, change shown or table of the lake."""
    with caplog.at_level(logging.DEBUG):
        faits = [
            _import(maison, f"utilisateurs:\n- {{{ligne}}}\n")
            for ligne in (
                f"{UTILISATEUR}, debut: 2026-01-01",
                f"utilisateur: U-1, courriel: {COURRIEL}é",
                f"utilisateur: U-1, nom: '{NOM} {'x' * 140}'",
                f"utilisateur: U-1, courriel: x.{COURRIEL}, nom: AUTRE {NOM}",
            )
        ]
        write_registre(maison)
    assert [len(fait.erreurs) for fait in faits] == [0, 1, 1, 0]
    with maison.moteur.connect() as c:
        actes = [str(ligne) for ligne in c.execute(select(AUDIT))]
        frames = [read(c).write_csv() for read in TABLES.values()]
        masques = read_utilisateurs(c).filter(utilisateur="U-1").row(0, named=True)
    assert (masques["nom_masque"], masques["courriel_masque"]) == (
        "A… S… P…",
        "x…@ailleurs.example",
    )
    montres = [format_changement(x) for fait in faits for x in fait.changements]
    assert montres[-1].endswith("courriel t…@ailleurs.example → x…@ailleurs.example")
    vus = [*(str(fait.erreurs) for fait in faits), caplog.text, *actes, *frames, *montres]
    assert not any(secret in vu for vu in vus for secret in ("SECRET", "tres.secret"))
    fichiers = [f.read_bytes() for f in maison.lac.dossier.rglob("*") if f.is_file()]
    assert not any(s in octets for octets in fichiers for s in (b"SECRET", b"tres.secret"))
