"""The registry has a history: what was imported, what each import left, what each night reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, String, column, delete, insert, select, text, update
from sqlalchemy import table as lone_table
from sqlalchemy.exc import DBAPIError, IntegrityError

from specs.registre import read_tables
from tests.conftest import NATURES
from tests.registre import write_rows
from warehouse.coffre.colonnes_sql import Scelle
from warehouse.decisions import read_decisions, record_decision
from warehouse.maison import Maison, open_maison
from warehouse.metadonnees import METADATA
from warehouse.migrations import DOSSIER, migrate
from warehouse.migrations.versions import v0005_histoire_du_registre
from warehouse.moteur import open_moteur
from warehouse.nuits import PRESENT, NuitInconnue, Vue, read_vue, read_vue_publiee, record_nuit
from warehouse.publications import publish
from warehouse.registre import TABLES, YAML, Import, import_registre, read_adherents, read_iban
from warehouse.registre.exportation import render_registre
from warehouse.registre.lecture import read_pseudonymes_comptes
from warehouse.registre.memoire import keep_lectures
from warehouse.registre.versions import close_rows, read_version, record_import
from warehouse.reglages import Reglages
from warehouse.tables_registre import ADHERENTS, DECISIONS, IBANS, IMPORTS_REGISTRE
from warehouse.tables_sql import AUDIT

EXEMPLE = (Path(__file__).parents[2] / "sample_files" / "bons" / "registre.yaml").read_bytes()
PARAMETRE = (
    "parametres_cdg:\n- {cdg: C900101, parametre: refaction_ppm, debut: 2026-01-01,"
    " valeur: 800000, motif: mixte}\n"
)
COMPLET = EXEMPLE + PARAMETRE.encode()
INSTANT = "2026-03-01T21:00:00Z"
JOUR, LENDEMAIN = date(2026, 4, 5), date(2026, 4, 6)
SIREN, COMPTE = "800000010", "CB-80001"
ANCIEN, NOUVEAU = "FR7699999000010000008000190", "FR7699999000010000000000115"
OUI = "debut: 2025-01-01, valeur: oui"
CORRECTIONS = (
    f"adherents:\n- {{siren: {SIREN}, ville: NICE}}\n",
    f"comptes_bancaires:\n- {{compte: {COMPTE}, iban: {NOUVEAU}}}\n",
    f"options_adherents:\n- {{siren: {SIREN}, option: zero_papier, {OUI}}}\n",
)
D_AVANT = EXEMPLE[: EXEMPLE.index(b"envois_documents:")]  # the tables of version 0004
OUBLIEE = {"siren": "111111111", "numero_adherent": "A1", "raison_sociale": "D'AVANT"}
VERSIONNEES = (*(METADATA.tables[nom] for nom in read_tables()), IBANS)


def _import(maison: Maison, contenu: bytes | str, **options: Any) -> Import:
    octets = contenu if isinstance(contenu, bytes) else contenu.encode()
    acte = {"auteur": "gestion", "motif": "ouverture", "instant": INSTANT, "forme": YAML}
    with maison.moteur.begin() as c:
        return import_registre(c, octets, archive=maison.archive, **(acte | options))


def _frames(maison: Maison, version: int | None = None) -> dict[str, pl.DataFrame]:
    with maison.moteur.connect() as c:
        return {nom: read(c, version) for nom, read in TABLES.items()}


def _same(une: dict[str, pl.DataFrame], autre: dict[str, pl.DataFrame]) -> bool:
    return all(frame.equals(autre[nom]) for nom, frame in une.items())


def _vue(maison: Maison, jour: date) -> Vue:
    with maison.moteur.connect() as c:
        return read_vue(c, jour)


def test_les_octets_d_un_import_sont_gardes(maison: Maison) -> None:
    """Its bytes are in the archive under their SHA-256, which is told with who, when and why."""
    _import(maison, COMPLET)
    _import(maison, CORRECTIONS[0], auteur="A. Martin", motif="déménagement", instant="plus tard")
    with maison.moteur.connect() as c:
        faits = c.execute(select(IMPORTS_REGISTRE).order_by("numero")).mappings().all()
        objets = c.scalars(select(AUDIT.c.objet).order_by("rang")).all()
    octets = [maison.archive.read(fait["sha256"]) for fait in faits]
    assert octets == [COMPLET, CORRECTIONS[0].encode()]
    assert [tuple(fait.values())[2:] for fait in faits] == [
        ("gestion", "ouverture", INSTANT, "yaml", None),
        ("A. Martin", "déménagement", "plus tard", "yaml", None),
    ]
    assert [objet.endswith(fait["sha256"]) for objet, fait in zip(objets, faits, strict=True)]


@pytest.mark.parametrize(
    ("contenu", "options"),
    [(COMPLET, {"a_blanc": True}), ("adherents:\n- {siren: 1}\n", {}), (COMPLET, {"motif": ""})],
)
def test_ce_qui_n_est_pas_importe_ne_laisse_rien(
    maison: Maison, contenu: bytes | str, options: dict[str, Any]
) -> None:
    """Neither a dry run nor a refused file is kept."""
    _import(maison, contenu, **options)
    assert not list((maison.reglages.dossier / "depots").rglob("*"))
    with maison.moteur.connect() as c:
        assert read_version(c) == 0


def test_chaque_import_se_relit(maison: Maison) -> None:
    """The registry as each import left it is read again, table by table, IBAN included."""
    vides = _frames(maison)
    _import(maison, COMPLET)
    lues = [vides, _frames(maison)]
    for contenu in CORRECTIONS:
        assert len(_import(maison, contenu).changements) == 1
        lues.append(_frames(maison))
        assert not _same(lues[-1], lues[-2])
    for version, frames in enumerate(lues):
        assert _same(_frames(maison, version), frames)
    with maison.moteur.connect() as c:
        assert [read_iban(c, COMPTE, version) for version in (1, 2, 3)] == [ANCIEN, ANCIEN, NOUVEAU]
        assert read_iban(c, COMPTE) == NOUVEAU


def test_une_version_n_est_lue_qu_une_fois_le_present_l_est_toujours(maison: Maison) -> None:
    """Kept for the time of a block, by version; what is asked without one is read again."""
    _import(maison, COMPLET)
    cle = maison.cle_pseudonymes
    with keep_lectures():
        with maison.moteur.connect() as c:
            lus = read_adherents(c, 1), read_pseudonymes_comptes(c, cle, 1)
            presents = read_adherents(c), read_pseudonymes_comptes(c, cle)
        for contenu in CORRECTIONS:
            _import(maison, contenu)
        with maison.moteur.connect() as c:
            assert read_adherents(c, 1) is lus[0]
            assert read_pseudonymes_comptes(c, cle, version=1) is lus[1]
            assert not read_pseudonymes_comptes(c, cle, 3).equals(lus[1])
            assert not read_adherents(c).equals(presents[0])
            assert not read_pseudonymes_comptes(c, cle).equals(presents[1])
    with maison.moteur.connect() as c:
        assert read_adherents(c, 1) is not lus[0]


def test_une_correction_ne_refait_que_sa_ligne(maison: Maison) -> None:
    """A correction opens one version of one row; an IBAN is in its own table and no other."""
    _import(maison, COMPLET)
    _import(maison, CORRECTIONS[1])
    with maison.moteur.connect() as c:
        lignes = {t.name: c.execute(select(t)).mappings().all() for t in VERSIONNEES}
    refaites = [(nom, x["ferme"]) for nom, ls in lignes.items() for x in ls if x["ferme"]]
    assert refaites == [("ibans", 2)]
    porteuses = {
        nom
        for nom, ls in lignes.items()
        if any(v in {ANCIEN, NOUVEAU} for x in ls for v in x.values())
    }
    assert porteuses == {"ibans"}


def test_rien_ne_change_sur_place(maison: Maison) -> None:
    """Whatever the code says, a row is neither altered nor removed, and is closed only once."""
    _import(maison, COMPLET)
    with maison.moteur.begin() as c:
        numero = record_import(
            c, sha256="0" * 64, auteur="a", motif="m", instant=INSTANT, forme="csv"
        )
    for table in VERSIONNEES:
        cle = next(iter(table.primary_key)).name
        for ordre in (delete(table), update(table).values({cle: table.c[cle]})):
            with pytest.raises(DBAPIError, match="ajout seul"), maison.moteur.begin() as c:
                c.execute(ordre)
        with maison.moteur.begin() as c:
            ligne = c.execute(select(table).limit(1)).mappings().one()
            close_rows(c, table, [ligne], numero)
        for ferme in (None, numero + 1):
            with pytest.raises(DBAPIError, match="ajout seul"), maison.moteur.begin() as c:
                c.execute(update(table).where(table.c.ferme == numero).values(ferme=ferme))


def test_une_seule_version_est_ouverte(maison: Maison) -> None:
    """Two open rows of a key, or two companies of one number, are refused by the base itself."""
    for contenu in (COMPLET, CORRECTIONS[1]):
        _import(maison, contenu)
    for commun in ({"siren": SIREN}, {"numero_adherent": "A80001"}):
        with pytest.raises(IntegrityError), maison.moteur.begin() as c:
            c.execute(insert(ADHERENTS).values(OUBLIEE | commun | {"ouvert": 2}))


def test_la_nuit_lit_ce_qu_elle_a_trouve(maison: Maison) -> None:
    """What is imported or decided once a night is open is not read by it, nor by its replay."""
    _import(maison, COMPLET)
    assert _vue(maison, JOUR) == PRESENT
    with maison.moteur.begin() as c:
        record_nuit(c, JOUR, INSTANT)
    frames, vue = _frames(maison), _vue(maison, JOUR)
    assert asdict(vue) == {"registre": 1, "decisions": 0}
    for contenu in CORRECTIONS:
        _import(maison, contenu)
    acte = {"date_effet": JOUR, "auteur": "a", "motif": "m", "instant": INSTANT}
    with maison.moteur.begin() as c:
        record_decision(c, nature=NATURES["DEMANDE_ATTESTATION"], siren=SIREN, **acte)
        publish(
            c, date_arrete=JOUR, versions={}, empreinte="e", publie_le=INSTANT, remises=[], apres=0
        )
        record_nuit(c, LENDEMAIN, INSTANT)
    with maison.moteur.connect() as c:
        relue = read_vue_publiee(c, 1)
        assert (read_vue(c, JOUR), read_vue(c, LENDEMAIN)) == (PRESENT, Vue(4, 1))
        assert relue == vue
        assert read_decisions(c, relue.decisions).is_empty()
        assert read_decisions(c, read_vue_publiee(c, 2).decisions).height == 1
        with pytest.raises(NuitInconnue, match="publication 3"):
            read_vue_publiee(c, 3)
    assert _same(_frames(maison, relue.registre), frames)


def test_une_nuit_reprise_lit_ce_qui_est_connu(maison: Maison) -> None:
    """A night that is launched again is a night of its own, which reads what it finds."""
    for numero, contenu in enumerate((COMPLET, CORRECTIONS[0]), start=1):
        _import(maison, contenu)
        with maison.moteur.begin() as c:
            record_nuit(c, JOUR, INSTANT)
            assert read_vue(c, JOUR).registre == numero


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Maison]:
    """A home on SQLite that imported the sample registry, then two corrections."""
    maison = open_maison(Reglages(dossier=tmp_path / "source"))
    for rang, contenu in enumerate((D_AVANT + PARAMETRE.encode(), *CORRECTIONS[:2]), start=1):
        _import(maison, contenu, instant=f"2026-0{rang}-01T08:00:00Z")
    yield maison
    maison.moteur.dispose()


AJOUTEES = {"remboursements"}


def _fill(c: Connection, source: Maison) -> None:
    """Write in a base of version 0004 the registry and the audit trail of a home of today."""
    with source.moteur.connect() as lecture:
        for nom in v0005_histoire_du_registre.TABLES:
            ouvertes = METADATA.tables[nom]
            lues = lecture.execute(select(ouvertes).where(ouvertes.c.ferme.is_(None))).mappings()
            lignes = [{n: v for n, v in x.items() if n not in {"ouvert", "ferme"}} for x in lues]
            # What a later version added was not there.
            lignes = [{n: v for n, v in x.items() if n not in AJOUTEES} for x in lignes]
            # Nothing was sealed then.
            types = [String() if isinstance(c.type, Scelle) else c.type for c in ouvertes.columns]
            colonnes = [column(c.name, t) for c, t in zip(ouvertes.columns, types, strict=True)]
            ancienne = lone_table(nom, *(col for col in colonnes if col.name in lignes[0]))
            c.execute(insert(ancienne), lignes)
        noms = ("auteur", "action", "objet", "motif", "instant")
        journal = lone_table("audit", *map(column, (*noms, "rang", "empreinte")))
        lus = lecture.execute(select(*(AUDIT.c[nom] for nom in noms)).order_by("rang")).mappings()
        for rang, acte in enumerate(lus, start=1):
            c.execute(insert(journal).values(rang=rang, empreinte=f"{rang:064}", **acte))
    c.execute(insert(lone_table("adherents", *map(column, OUBLIEE))), [OUBLIEE])
    decision = {"numero": 1, "nature": "AVOIR", "siren": SIREN, "contenu": "{}", "motif": "m"}
    decision |= {"date_effet": JOUR, "auteur": "a", "instant": INSTANT}
    c.execute(insert(DECISIONS).values(decision))


def test_une_caisse_d_avant(reglages: Reglages, source: Maison) -> None:
    """A populated base of version 0004: rows are of the last import that the trail says made them.

    What it does not name is of before all imports.
    """
    reglages.dossier.mkdir()
    moteur = open_moteur(reglages.url_sql)
    configuration = Config()
    configuration.set_main_option("script_location", str(DOSSIER))
    with moteur.begin() as c:
        configuration.attributes["connection"] = c
        command.upgrade(configuration, "0004")
        _fill(c, source)
    migrate(moteur)
    with moteur.begin() as c:
        faits = c.execute(select(IMPORTS_REGISTRE).order_by("numero")).mappings().all()
        assert [f["instant"][:7] for f in faits] == ["0001-01", "2026-01", "2026-02", "2026-03"]
        assert [f["sha256"] is None for f in faits] == [True, False, False, False]
        autres = {
            (table.name, ligne[next(iter(table.primary_key)).name]): ligne["ouvert"]
            for table in VERSIONNEES
            for ligne in c.execute(select(table).where(table.c.ouvert != 1)).mappings()
        }
        assert autres == {
            ("adherents", OUBLIEE["siren"]): 0,
            ("adherents", SIREN): 2,
            ("ibans", COMPTE): 3,
        }
        assert read_decisions(c)["numero"].to_list() == [1]
        assert read_adherents(c, 0)["siren"].to_list() == [OUBLIEE["siren"]]
        assert (
            record_import(c, sha256="0" * 64, auteur="a", motif="m", instant=INSTANT, forme="csv")
            == 4
        )
        exporte = render_registre(c, avec_iban=True)
    with source.moteur.begin() as c:
        write_rows(c, (ADHERENTS, OUBLIEE))
        assert render_registre(c, avec_iban=True) == exporte
    with pytest.raises(DBAPIError, match="ajout seul"), moteur.begin() as c:
        c.execute(text("UPDATE adherents SET ville = 'PARIS'"))
    moteur.dispose()
