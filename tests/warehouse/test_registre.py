"""The registry takes a file whole, or refuses it with the list of what is wrong."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import func, select

from warehouse.audit import verify_audit
from warehouse.maison import Maison
from warehouse.registre import (
    SCHEMA_ETABLISSEMENTS,
    Import,
    import_registre,
    read_adherents,
    read_etablissements,
)
from warehouse.tables_sql import AUDIT

INSTANT = "2026-03-01T21:00:00Z"
ENTETE = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"
# Synthetic companies: valid keys, SIREN that no company bears in these tests.
NORD = "004217;732829320;TRAVAUX DU NORD;12345-01;73282932000074;2020-04-01;"
NORD_2 = "004217;732829320;TRAVAUX DU NORD;12345-02;73282932000082;2021-01-01;2025-12-31"
SUD = "004218;404833048;ROUTES DU SUD;54321-01;40483304800022;2022-02-01;"


def _import(maison: Maison, *lignes: str, entete: str = ENTETE) -> Import:
    return _import_octets(maison, "\n".join([entete, *lignes, ""]).encode())


def _import_octets(maison: Maison, contenu: bytes) -> Import:
    with maison.moteur.begin() as c:
        return import_registre(c, contenu, auteur="gestion", motif="ouverture", instant=INSTANT)


def _etablissements(maison: Maison) -> pl.DataFrame:
    with maison.moteur.connect() as c:
        return read_etablissements(c)


def _actes(maison: Maison) -> int:
    with maison.moteur.connect() as c:
        assert verify_audit(c)
        return c.scalar(select(func.count()).select_from(AUDIT)) or 0


def test_registre_vide(maison: Maison) -> None:
    """A new registry has no establishment, with the columns and types announced."""
    assert_frame_equal(pl.DataFrame(schema=SCHEMA_ETABLISSEMENTS), _etablissements(maison))


def test_import(maison: Maison) -> None:
    """A good file is written whole, read back by SIRET, and leaves one act in the audit trail."""
    fait = _import(maison, SUD, NORD, NORD_2)
    assert fait == Import(lignes=3, ajouts=8, corrections=0, erreurs=())
    attendu = [
        ("004218", "404833048", "ROUTES DU SUD", "54321-01", "40483304800022", (2022, 2, 1), None),
        (
            *("004217", "732829320", "TRAVAUX DU NORD", "12345-01", "73282932000074"),
            *((2020, 4, 1), None),
        ),
        (
            *("004217", "732829320", "TRAVAUX DU NORD", "12345-02", "73282932000082"),
            *((2021, 1, 1), (2025, 12, 31)),
        ),
    ]
    lignes = [(*textes, date(*d), date(*f) if f else None) for *textes, d, f in attendu]
    assert_frame_equal(
        pl.DataFrame(lignes, schema=SCHEMA_ETABLISSEMENTS, orient="row"), _etablissements(maison)
    )
    with maison.moteur.connect() as c:
        adherents = read_adherents(c).select("numero_adherent", "siren", "raison_sociale", "pays")
    assert adherents.rows() == [
        ("004218", "404833048", "ROUTES DU SUD", "FR"),
        ("004217", "732829320", "TRAVAUX DU NORD", "FR"),
    ]
    assert _actes(maison) == 1


def test_import_repete(maison: Maison) -> None:
    """The same file again changes nothing and leaves no trace."""
    _import(maison, NORD, SUD)
    avant = _etablissements(maison)
    assert _import(maison, SUD, NORD) == Import(2, 0, 0, ())
    assert_frame_equal(avant, _etablissements(maison))
    assert _actes(maison) == 1


def test_import_corrige(maison: Maison) -> None:
    """A later file corrects and completes; what it does not name stays."""
    _import(maison, NORD, SUD)
    corrige = NORD.replace("TRAVAUX DU NORD", "TRAVAUX ET ROUTES DU NORD") + "2026-02-28"
    fait = _import(maison, corrige)
    assert (fait.ajouts, fait.corrections) == (0, 2)
    lus = _etablissements(maison).filter(siret="73282932000074")
    assert lus["fin"].to_list() == [date(2026, 2, 28)]
    assert lus["raison_sociale"].to_list() == ["TRAVAUX ET ROUTES DU NORD"]
    assert _etablissements(maison).height == 2


def test_colonnes_dans_un_autre_ordre(maison: Maison) -> None:
    """Columns are found by their titles; a byte order mark and Windows line ends are accepted."""
    entete = "siret;debut;fin;cdg;raison_sociale;siren;numero_adherent"
    ligne = "73282932000074;2020-04-01;;12345-01;TRAVAUX DU NORD;732829320;004217"
    contenu = f"{entete}\r\n{ligne}\r\n".encode("utf-8-sig")
    assert _import_octets(maison, contenu).erreurs == ()


@pytest.mark.parametrize(
    ("lignes", "erreurs"),
    [
        (
            [NORD.replace("732829320;", "732829321;")],
            ["ligne 2 : le SIREN 732829321 a une clé fausse"],
        ),
        (
            [SUD, NORD.replace("000074", "000079")],
            ["ligne 3 : le SIRET 73282932000079 a une clé fausse"],
        ),
        (
            [NORD.replace("732829320;", "732 829 320;")],
            ["ligne 2 : le SIREN « 732 829 320 » n'est pas fait de 9 chiffres"],
        ),
        (
            [NORD.replace("73282932000074", "7328293200007")],
            ["ligne 2 : le SIRET « 7328293200007 » n'est pas fait de 14 chiffres"],
        ),
        ([NORD, NORD], ["ligne 3 : le SIRET 73282932000074 est répété (voir ligne 2)"]),
        (
            [NORD.replace("73282932000074", "40483304800022")],
            ["ligne 2 : le SIRET 40483304800022 n'est pas du SIREN 732829320"],
        ),
        (
            [NORD, SUD.replace("54321-01", "12345-01")],
            ["ligne 3 : le centre de gestion 12345-01 a deux SIREN (voir ligne 2)"],
        ),
        (
            [NORD, SUD.replace("004218", "004217")],
            ["ligne 3 : l'adhérent 004217 a deux SIREN (voir ligne 2)"],
        ),
        (
            [NORD, NORD_2.replace("004217", "004219")],
            ["ligne 3 : le SIREN 732829320 a deux adhérents (voir ligne 2)"],
        ),
        (
            [NORD, NORD_2.replace("NORD", "MIDI")],
            ["ligne 3 : le SIREN 732829320 a deux raisons sociales (voir ligne 2)"],
        ),
        (
            [NORD + "2019-12-31"],
            ["ligne 2 : la fin 2019-12-31 précède le début 2020-04-01"],
        ),
        (
            [NORD.replace("2020-04-01", "01/04/2020"), SUD + "2026-02-30"],
            [
                "ligne 2 : la date de debut « 01/04/2020 » n'est pas une date AAAA-MM-JJ",
                "ligne 3 : la date de fin « 2026-02-30 » n'est pas une date AAAA-MM-JJ",
            ],
        ),
        ([NORD + ";x"], ["ligne 2 : 7 colonnes attendues, 8 lues"]),
        (
            [NORD.replace("004217", "../x")],
            [
                (
                    "ligne 2 : le numéro d'adhérent est absent ou inutilisable"
                    " (lettres, chiffres et tirets)"
                )
            ],
        ),
        ([NORD.replace("TRAVAUX DU NORD", " ")], ["ligne 2 : la raison sociale manque"]),
        ([], ["le fichier n'a aucune ligne après celle des titres"]),
        ([SUD, '"' + NORD], ["le fichier n'est pas un CSV lisible (guillemet non fermé ?)"]),
    ],
)
def test_import_refuse(maison: Maison, lignes: list[str], erreurs: list[str]) -> None:
    """A file with an error is refused whole, with every error and its line."""
    fait = _import(maison, *lignes)
    assert list(fait.erreurs) == erreurs
    assert (fait.ajouts, fait.corrections) == (0, 0)
    assert _etablissements(maison).is_empty()
    assert _actes(maison) == 0


@pytest.mark.parametrize(
    ("contenu", "erreurs"),
    [
        (b"", ["le fichier est vide"]),
        (b"\n\n", ["le fichier est vide"]),
        (
            f"{ENTETE}\n{NORD}\n".replace("NORD", "CÔTE").encode("latin-1"),
            ["ligne 2 : le fichier n'est pas en UTF-8"],
        ),
        (
            ENTETE.replace("cdg", "centre").encode(),
            ["ligne 1 : colonne inconnue « centre »", "ligne 1 : la colonne « cdg » manque"],
        ),
        (
            ENTETE.replace("fin", "debut").encode(),
            [
                "ligne 1 : la colonne « debut » est répétée",
                "ligne 1 : la colonne « fin » manque",
            ],
        ),
    ],
)
def test_fichier_inutilisable(maison: Maison, contenu: bytes, erreurs: list[str]) -> None:
    """A file that is empty, of another encoding or with other columns is refused."""
    assert list(_import_octets(maison, contenu).erreurs) == erreurs


@pytest.mark.parametrize(
    ("ligne", "erreur"),
    [
        (
            SUD.replace("54321-01", "12345-01"),
            (
                "ligne 2 : le centre de gestion 12345-01 est déjà inscrit avec 732829320,"
                " pas 404833048"
            ),
        ),
        (
            SUD.replace("004218", "004217"),
            "ligne 2 : l'adhérent 004217 est déjà inscrit avec 732829320, pas 404833048",
        ),
        (
            NORD_2.replace("004217", "004219"),
            "ligne 2 : le SIREN 732829320 est déjà inscrit avec 004217, pas 004219",
        ),
    ],
)
def test_contredit_le_registre(maison: Maison, ligne: str, erreur: str) -> None:
    """A file that contradicts what is known is refused."""
    _import(maison, NORD)
    assert _import(maison, ligne).erreurs == (erreur,)
    assert _etablissements(maison).height == 1
