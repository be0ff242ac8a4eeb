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
        acte = {"auteur": "gestion", "motif": "ouverture", "instant": INSTANT}
        return import_registre(c, contenu, archive=maison.archive, **acte)


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
    assert (fait.lignes, fait.ajouts, fait.corrections, fait.erreurs) == (3, 8, 0, ())
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
    assert _import(maison, SUD, NORD) == Import(2, (), ())
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
            ["ligne 2 : siren « 732829321 » : la clé de ce SIREN est fausse"],
        ),
        (
            [SUD, NORD.replace("000074", "000079")],
            ["ligne 3 : siret « 73282932000079 » : la clé de ce SIRET est fausse"],
        ),
        (
            [NORD.replace("732829320;", "732 829 320;")],
            ["ligne 2 : siren « 732 829 320 » : SIREN de 9 chiffres attendu"],
        ),
        (
            [NORD.replace("73282932000074", "7328293200007")],
            ["ligne 2 : siret « 7328293200007 » : SIRET de 14 chiffres attendu"],
        ),
        ([NORD, NORD], ["ligne 3 : etablissements 73282932000074 : déjà donné (ligne 2)"]),
        (
            [NORD.replace("73282932000074", "40483304800022")],
            ["ligne 2 : siret « 40483304800022 » : il n'est pas du SIREN 732829320"],
        ),
        (
            [NORD, SUD.replace("54321-01", "12345-01")],
            [
                (
                    "ligne 3 : centres_gestion 12345-01 : siren : une autre valeur est donnée"
                    " (ligne 2)"
                ),
            ],
        ),
        (
            [NORD, SUD.replace("004218", "004217")],
            ["ligne 3 : numero_adherent « 004217 » : déjà celui de : adherents 732829320"],
        ),
        (
            [NORD, NORD_2.replace("004217", "004219")],
            [
                (
                    "ligne 3 : adherents 732829320 : numero_adherent : une autre valeur est donnée"
                    " (ligne 2)"
                )
            ],
        ),
        (
            [NORD, NORD_2.replace("NORD", "MIDI")],
            [
                (
                    "ligne 3 : adherents 732829320 : raison_sociale : une autre valeur est donnée"
                    " (ligne 2)"
                )
            ],
        ),
        (
            [NORD + "2019-12-31"],
            ["ligne 2 : la fin 2019-12-31 précède le début 2020-04-01"],
        ),
        (
            [NORD.replace("2020-04-01", "01/04/2020"), SUD + "2026-02-30"],
            [
                "ligne 2 : debut « 01/04/2020 » : date AAAA-MM-JJ attendue",
                "ligne 3 : fin « 2026-02-30 » : date AAAA-MM-JJ attendue",
            ],
        ),
        ([NORD + ";x"], ["ligne 2 : 7 colonnes attendues, 8 lues"]),
        (
            [NORD.replace("004217", "../x")],
            [
                "ligne 2 : numero_adherent « ../x » : 20 lettres, chiffres et tirets au plus",
            ],
        ),
        ([NORD.replace("TRAVAUX DU NORD", " ")], ["ligne 2 : raison_sociale : obligatoire"]),
        ([], ["ligne 1 : aucune ligne après celle des titres"]),
        (
            [SUD, '"' + NORD],
            ["ligne 1 : le fichier n'est pas un CSV lisible (guillemet non fermé ?)"],
        ),
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
        (b"", ["ligne 1 : le fichier est vide"]),
        (b"\n\n", ["ligne 1 : le fichier est vide"]),
        (
            f"{ENTETE}\n{NORD}\n".replace("NORD", "CÔTE").encode("latin-1"),
            ["ligne 2 : le fichier n'est pas en UTF-8"],
        ),
        (
            ENTETE.replace("cdg", "centre").encode(),
            [
                (
                    "ligne 1 : colonne inconnue « centre » ; colonnes de etablissements :"
                    " numero_adherent, siren, raison_sociale, cdg, siret, debut, fin, deposant"
                )
            ],
        ),
        (
            ENTETE.replace("fin", "debut").encode(),
            ["ligne 1 : la colonne « debut » est répétée"],
        ),
        (
            b"a;b\n1;2\n",
            ["ligne 1 : ces colonnes ne disent pas quelle est la table : donner --table"],
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
            "siren « 404833048 » : centres_gestion 12345-01 est déjà inscrit avec 732829320",
        ),
        (
            SUD.replace("004218", "004217"),
            "numero_adherent « 004217 » : déjà celui de : adherents 732829320",
        ),
        (
            NORD_2.replace("004217", "004219"),
            "numero_adherent « 004219 » : adherents 732829320 est déjà inscrit avec 004217",
        ),
    ],
)
def test_contredit_le_registre(maison: Maison, ligne: str, erreur: str) -> None:
    """A file that contradicts what is known is refused."""
    _import(maison, NORD)
    assert _import(maison, ligne).erreurs == (f"ligne 2 : {erreur}",)
    assert _etablissements(maison).height == 1


def test_colonnes_choisies(maison: Maison) -> None:
    """A column that the file does not have stays as it was; an empty one is emptied."""
    _import(maison, NORD + "2026-02-28")
    _import(maison, "73282932000074;2021-05-01", entete="siret;debut")
    [lu] = _etablissements(maison).rows(named=True)
    assert (lu["debut"], lu["fin"]) == (date(2021, 5, 1), date(2026, 2, 28))
    _import(maison, "73282932000074;", entete="siret;fin")
    assert _etablissements(maison)["fin"].to_list() == [None]


def test_nouvelle_ligne_incomplete(maison: Maison) -> None:
    """A new row must have all that its table needs."""
    fait = _import(maison, "73282932000074;2021-05-01", entete="siret;debut")
    assert fait.erreurs == (
        "ligne 2 : cdg : obligatoire pour inscrire etablissements 73282932000074",
        "ligne 2 : siren : obligatoire pour inscrire etablissements 73282932000074",
    )


@pytest.mark.parametrize("nom", ["auteur", "motif"])
def test_auteur_et_motif(maison: Maison, nom: str) -> None:
    """Nobody imports without saying who and why."""
    acte = {"auteur": "gestion", "motif": "ouverture", "instant": INSTANT} | {nom: " "}
    with maison.moteur.begin() as c:
        fait = import_registre(c, f"{ENTETE}\n{NORD}\n".encode(), archive=maison.archive, **acte)
    assert fait.erreurs == (f"{nom} : obligatoire",)


def test_a_blanc(maison: Maison) -> None:
    """A dry run tells the changes and makes none."""
    _import(maison, NORD)
    contenu = f"{ENTETE}\n{NORD}2026-02-28\n{SUD}\n".encode()
    with maison.moteur.begin() as c:
        acte = {"auteur": "gestion", "motif": "essai", "instant": INSTANT}
        fait = import_registre(c, contenu, archive=maison.archive, a_blanc=True, **acte)
    assert (fait.ajouts, fait.corrections) == (3, 1)
    assert [(x.table, x.avant, x.apres) for x in fait.changements if x.avant] == [
        ("etablissements", {"fin": None}, {"fin": date(2026, 2, 28)})
    ]
    assert _etablissements(maison)["fin"].to_list() == [None]
    assert _actes(maison) == 1
