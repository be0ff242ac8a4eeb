"""What is exported is imported again to the same bytes; no IBAN goes where it should not."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pipelines.publication.registre import COMPLETEES, write_registre
from sample_files.generateur.entreprises import compute_siren, compute_siret
from sample_files.generateur.registre import compute_iban
from specs.banque.texte import sepa_text, unwritable
from specs.fichiers import render_yaml
from specs.registre import read_tables
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.iban import contains_iban, mask_iban
from warehouse.maison import Maison, open_maison
from warehouse.metadonnees import METADATA
from warehouse.points_arret import VARIABLE
from warehouse.registre import CSV, TABLES, YAML, Import, import_registre
from warehouse.registre.exportation import render_registre
from warehouse.registre.versions import at, close_rows, record_import
from warehouse.reglages import Reglages
from warehouse.tables_registre import IBANS
from warehouse.tables_sql import AUDIT

COMPLET = (Path(__file__).parents[2] / "sample_files" / "bons" / "registre.yaml").read_bytes()
IBAN = compute_iban(424_242)
JOURS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
PIEGES = ["null", "~", "oui", "012", "- a", "a: b", "# c", "'", '"', "2026-01-01", "é…"]
TEXTES = (
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=60)
    | st.sampled_from(PIEGES)
).filter(lambda t: t.strip() and not contains_iban(t))
BANCAIRES = (
    st.text(st.characters(max_codepoint=0x17F, exclude_categories=["C"]), min_size=1, max_size=60)
    | st.sampled_from(PIEGES)
).filter(lambda t: sepa_text(t, 140) and not unwritable(t) and not contains_iban(t))


@pytest.fixture(scope="module")
def maisons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Maison]]:
    """Two homes on SQLite."""
    dossier = tmp_path_factory.mktemp("maisons")
    ouvertes = [open_maison(Reglages(dossier=dossier / nom)) for nom in ("une", "autre")]
    yield ouvertes
    for maison in ouvertes:
        maison.moteur.dispose()


def _import(maison: Maison, contenu: bytes, **options: Any) -> Import:
    acte = {"auteur": "gestion", "motif": "test", "instant": "2026-01-01T08:00:00Z", "forme": YAML}
    with maison.moteur.begin() as c:
        return import_registre(c, contenu, archive=maison.archive, **(acte | options))


def _export(maison: Maison, *, avec_iban: bool = True) -> bytes:
    with maison.moteur.connect() as c:
        return render_registre(c, avec_iban=avec_iban)


def _empty(maison: Maison) -> None:
    with maison.moteur.begin() as c:
        numero = record_import(
            c, sha256="0" * 64, auteur="gestion", motif="vidé", instant="i", forme="csv"
        )
        for table in (IBANS, *(METADATA.tables[nom] for nom in read_tables())):
            close_rows(c, table, c.execute(select(at(table))).mappings().all(), numero)


@st.composite
def registres(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Sections of a valid file, with any text where a text is free."""
    sections: dict[str, list[dict[str, Any]]] = {nom: [] for nom in read_tables()}
    for rang in range(1, draw(st.integers(1, 3)) + 1):
        siren, cdg, debut = compute_siren(rang), f"C{rang}", draw(JOURS)
        sections["adherents"].append(
            {"siren": siren, "numero_adherent": f"0{rang}", "raison_sociale": draw(TEXTES)}
            | draw(
                st.fixed_dictionaries({}, optional={"ville": BANCAIRES, "debut_activite": JOURS})
            )
        )
        sections["centres_gestion"].append({"cdg": cdg, "siren": siren, "libelle": draw(TEXTES)})
        sections["etablissements"].append(
            {"siren": siren, "cdg": cdg, "siret": compute_siret(siren, 1), "debut": debut}
        )
        sections["comptes_bancaires"].append(
            {
                "compte": f"CB{rang}",
                "siren": siren,
                "iban": compute_iban(draw(st.integers(1, 10**6))),
            }
            | {"titulaire": draw(BANCAIRES), "debut": debut}
        )
        sections["mandats"].append(
            {"rum": f"R '{rang}", "siren": siren, "cdg": cdg, "compte": f"CB{rang}", "debut": debut}
            | {"schema": "CORE", "prelevement_automatique": draw(st.sampled_from(["oui", "non"]))}
        )
        sections["options_adherents"].append(
            {"siren": siren, "option": "zero_papier", "debut": debut, "valeur": draw(TEXTES)}
        )
    return sections


@given(registres())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_aller_retour(maisons: list[Maison], sections: dict[str, list[dict[str, Any]]]) -> None:
    """Export, import into an empty house, export again: the same bytes."""
    une, autre = maisons
    _empty(une)
    _empty(autre)
    assert _import(une, render_yaml(sections).encode()).erreurs == ()
    exporte = _export(une)
    fait = _import(autre, exporte)
    assert fait.erreurs == ()
    assert _export(autre) == exporte
    assert _import(autre, exporte).changements == ()


def test_aller_retour_du_registre_d_exemple(maisons: list[Maison]) -> None:
    """The sample registry too, with every table; without IBANs, it changes nothing at home."""
    une, autre = maisons
    _empty(une)
    _empty(autre)
    _import(une, COMPLET)
    assert _import(autre, _export(une)).ajouts == 57
    assert _export(autre) == _export(une)
    sans = _export(une, avec_iban=False)
    assert b"FR76" not in sans
    assert _import(autre, sans) == Import(57, (), ())


def test_tables_du_lac(tmp_path: Path) -> None:
    """The lake has the registry and the decisions; only what changed has a new version."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    _import(maison, COMPLET)
    assert set(write_registre(maison)) >= {"adherents", "mandats", "comptes_bancaires"}
    assert write_registre(maison) == {}
    _import(maison, b"adherents:\n- {siren: 999090012, ville: BRON}\n")
    assert set(write_registre(maison)) == {"adherents"}
    with maison.moteur.begin() as c:
        record_decision(
            c,
            nature=NATURES["AVOIR"],
            siren="999090012",
            cdg="C900101",
            montant_centimes=1,
            date_effet=date(2026, 4, 1),
            auteur="a",
            motif="m",
            instant="i",
        )
    assert set(write_registre(maison)) == {"decisions"}
    with maison.moteur.connect() as c:
        for nom in TABLES.keys() - COMPLETEES:
            read = TABLES[nom]
            lues = maison.lac.read(nom).collect()
            assert lues.sort(read(c).columns).equals(read(c).sort(read(c).columns))


IMPORTER = """
import sys
from cli.application import application
application(["registre", "importer", sys.argv[1], "--auteur", "a", "--motif", "m"])
"""


@pytest.mark.parametrize("point", ["registre.avant_ecriture", "registre.ecrit"])
def test_import_tue(tmp_path: Path, point: str) -> None:
    """Killed before its end, an import has written nothing, not even its act; it is done again."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    fichier = tmp_path / "registre.yaml"
    fichier.write_bytes(COMPLET)
    milieu = {VARIABLE: point, "CAISSE_DOSSIER": str(tmp_path / "maison")}
    tue = subprocess.run([sys.executable, "-c", IMPORTER, fichier], env=milieu, check=False)
    assert tue.returncode == -9
    with maison.moteur.connect() as c:
        assert all(read(c).is_empty() for read in TABLES.values())
        assert c.execute(select(AUDIT)).all() == []
    assert _import(maison, COMPLET).ajouts == 57


SIREN = "siren: 999090012"
PLACES = [
    f"comptes_bancaires:\n- {{compte: A, {SIREN}, iban: {IBAN}, titulaire: T, debut: 2026-01-01}}",
    f"comptes_bancaires:\n- {{compte: {IBAN[:-1]}, bic: {IBAN[:-1]}, iban: {IBAN[:-1]}}}",
    f"comptes_bancaires:\n- {{compte: CB-1, iban: {IBAN[:-1]}}}",
    f"comptes_bancaires:\n- {{compte: CB-1, {SIREN}, bic: {IBAN}}}",
    f"comptes_bancaires:\n- {{compte: {IBAN}, {SIREN}}}",
    f"comptes_bancaires:\n- {{{IBAN}: 1}}",
    f"comptes_bancaires:\n- {IBAN}",
    f"{IBAN}: []",
    f"mandats: [{{rum: '{IBAN}}}]",
    f"mandats:\n- {{rum: {IBAN}}}",
    f"mandats:\n- {{rum: R, siren: {IBAN}, debut: {IBAN}, schema: {IBAN}}}",
    f"adherents:\n- {{{SIREN}, adresse: voir {IBAN[:4]} {IBAN[4:8]} {IBAN[8:]}}}",
    f"adherents:\n- {{{SIREN}, ville: {IBAN}, pays: {IBAN}}}",
    f"groupes_paiement:\n- {{groupe: {IBAN}, cdg: C900101, debut: 2026-01-01}}",
    f"evenements_mandat:\n- {{rum: R, rang: {IBAN}, motif: {IBAN}}}",
]


@pytest.mark.parametrize("contenu", PLACES)
def test_canari(maisons: list[Maison], contenu: str, caplog: pytest.LogCaptureFixture) -> None:
    """Wherever an IBAN is written, no error, log, act, frame or table of the lake shows it."""
    maison = maisons[0]
    _empty(maison)
    _import(maison, COMPLET)
    with caplog.at_level(logging.DEBUG):
        faits = [_import(maison, contenu.encode()), _import(maison, contenu.encode(), forme=CSV)]
        write_registre(maison)
    with maison.moteur.connect() as c:
        actes = [str(ligne) for ligne in c.execute(select(AUDIT))]
        frames = [read(c).write_csv() for read in TABLES.values()]
    fichiers = [f.read_bytes() for f in maison.lac.dossier.rglob("*") if f.is_file()]
    vus = [*(str(fait.erreurs) for fait in faits), caplog.text, *actes, *frames]
    assert not any(IBAN[4:-8] in vu.replace(" ", "") for vu in vus)
    assert not any(IBAN.encode() in octets for octets in fichiers)


def test_canari_du_motif(maisons: list[Maison]) -> None:
    """A reason that quotes an IBAN is refused without a trace."""
    fait = _import(maisons[0], COMPLET, motif=f"compte {IBAN}")
    assert fait.erreurs == ("motif : un IBAN ne s'écrit pas ici",)


def test_masque() -> None:
    """The mask keeps four characters at each end; an IBAN is seen through its spaces."""
    assert mask_iban(IBAN) == f"FR76…{IBAN[-4:]}"
    assert contains_iban(f"payer sur {IBAN[:4].lower()} {IBAN[4:9]} {IBAN[9:]} merci")
    assert not contains_iban("FR76 est le début d'un IBAN français, marché 2026-PUBLIC-000001")
