"""A company moves or skips the date of a file until its eve, and no later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from warehouse.maison import Maison, open_maison
from warehouse.registre import CSV, YAML, Import, import_registre, read_calendriers
from warehouse.registre.exportation import render_registre
from warehouse.reglages import Reglages

COMPLET = (Path(__file__).parents[2] / "sample_files" / "bons" / "registre.yaml").read_bytes()
SIREN = "999090012"  # RCP from October 2026; December is moved to 15 January, January is skipped


@pytest.fixture(scope="module")
def maison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maison]:
    """A home whose companies have their calendars, from the middle of November 2026 on."""
    ouverte = open_maison(Reglages(dossier=tmp_path_factory.mktemp("calendriers") / "maison"))
    with ouverte.moteur.begin() as c:
        assert _import(c, ouverte, COMPLET, "2026-11-15T08:00:00Z", YAML).erreurs == ()
    yield ouverte
    ouverte.moteur.dispose()


def _import(c: Connection, maison: Maison, contenu: bytes, instant: str, forme: str) -> Import:
    acte = {"auteur": "gestion", "motif": "à sa demande", "instant": instant}
    return import_registre(c, contenu, forme=forme, archive=maison.archive, **acte)


def _choose(c: Connection, maison: Maison, instant: str, ligne: str) -> tuple[str, ...]:
    contenu = f"siren;nature;mois;date;etat\n{ligne}\n".encode()
    return _import(c, maison, contenu, instant, CSV).erreurs


@pytest.mark.parametrize(
    ("instant", "ligne", "erreur"),
    [
        # the default date of November is 1 December
        ("2026-11-30T22:59:59Z", f"{SIREN};RCP;2026-11;2026-12-10;", ""),
        (
            "2026-11-30T23:00:00Z",  # the first of December in Paris
            f"{SIREN};RCP;2026-11;2026-12-10;",
            "mois 2026-11 : sa date, le 2026-12-01, ne se changeait que jusqu'à la veille",
        ),
        ("2026-11-30T22:00:00Z", f"{SIREN};RCP;2026-11;;", ""),
        ("2026-12-01T08:00:00Z", f"{SIREN};RCP;2026-11;;", "ne se changeait que jusqu'à la veille"),
        ("2026-11-20T08:00:00Z", f"{SIREN};RCP;2026-11;2026-11-30;", "ne sont pas terminés"),
        # December was moved to 15 January
        ("2027-01-14T08:00:00Z", f"{SIREN};RCP;2026-12;2027-02-01;", ""),
        (
            "2027-01-14T08:00:00Z",
            f"{SIREN};RCP;2026-12;2027-01-14;",
            "date « 2027-01-14 » : à choisir à partir du 2027-01-15",
        ),
        ("2027-01-15T08:00:00Z", f"{SIREN};RCP;2026-12;;", "sa date, le 2027-01-15, ne se changea"),
        ("2027-01-15T08:00:00Z", f"{SIREN};RCP;2026-12;2027-01-15;", ""),  # nothing changes
        # January is skipped: its default date counts
        ("2027-01-31T08:00:00Z", f"{SIREN};RCP;2027-01;2027-02-05;", ""),
        ("2027-02-01T08:00:00Z", f"{SIREN};RCP;2027-01;2027-02-05;", "le 2027-02-01, ne se chang"),
        # what is not of the company to say, or means nothing
        (
            "2026-11-20T08:00:00Z",
            f"{SIREN};RCP;2026-09;2026-12-01;",
            "mois 2026-09 : aucune convention RCP de cette entreprise ne vaut ce mois-là",
        ),
        ("2026-11-20T08:00:00Z", f"{SIREN};RCP;2026-11;2026-12-02;EXPIRE", "ne rien dire"),
        # CPRP: the fund writes what it knows
        ("2026-11-20T08:00:00Z", f"{SIREN};CPRP;2026-09;2026-09-15;PRODUIT", ""),
        ("2026-11-20T08:00:00Z", f"{SIREN};CPRP;2027-09;2027-09-15;", ""),
    ],
)
def test_une_date_se_change_jusqu_a_la_veille(
    maison: Maison, instant: str, ligne: str, erreur: str
) -> None:
    """Later, or for a day that is past, it is refused with its line and what may be done."""
    siren, nature, mois, jour, etat = ligne.split(";")
    with maison.moteur.connect() as c:  # whatever is written goes with it
        lues = _choose(c, maison, instant, ligne)
        garde = read_calendriers(c).filter(siren=siren, nature=nature, mois=mois)
    if erreur:
        [lue] = lues
        assert lue.startswith("ligne 2 : ")
        assert erreur in lue
    else:
        assert lues == ()
        assert [(str(x or ""), e) for *_, x, e in garde.iter_rows()] == [(jour, etat or "PREVU")]


def test_le_calendrier_cprp_ne_se_refait_pas(maison: Maison) -> None:
    """Its state may be told at any time, its date until the eve."""
    ligne = f"{SIREN};CPRP;2026-12;2026-12-20;"
    with maison.moteur.connect() as c:
        assert _choose(c, maison, "2026-11-20T08:00:00Z", ligne) == ()
        assert _choose(c, maison, "2026-12-20T08:00:00Z", f"{ligne}PRODUIT") == ()
        [erreur] = _choose(c, maison, "2026-12-20T08:00:00Z", ligne.replace("20;", "21;"))
    assert "le 2026-12-20, ne se changeait que jusqu'à la veille" in erreur


def test_un_registre_repris_garde_ses_dates(maison: Maison, tmp_path: Path) -> None:
    """The export of a home, imported years later in another one, gives the same calendars."""
    with maison.moteur.connect() as c:
        exporte = render_registre(c, avec_iban=True)
    autre = open_maison(Reglages(dossier=tmp_path / "autre"))
    with autre.moteur.begin() as c:
        assert _import(c, autre, exporte, "2031-01-01T08:00:00Z", YAML).erreurs == ()
        assert _import(c, autre, exporte, "2031-01-01T08:00:00Z", YAML).changements == ()
    autre.moteur.dispose()
