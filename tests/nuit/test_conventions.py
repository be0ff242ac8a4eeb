"""What companies agreed with the fund, night after night: mandates, conventions, calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.application import application
from parsers.echanges.fixe import read_fixe
from parsers.echanges.valeurs import select_valeurs, with_valeurs
from tests.conftest import BONS, SOIR
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

MANDAT = b"mandataire;siren;service;debut\nCABINET-02;800000010;declarations;2026-03-01\n"
RCP = "{convention: 0080001, siren: 800000010, nature: RCP, debut: 2026-02-01, fin: 2026-09-30}"
DECALE = "{siren: 800000010, nature: RCP, mois: 2026-04, date: 2026-05-11}"


def check_app(caisse: Caisse) -> None:
    """The APP file of the company: each line of its calls, whose sums are theirs to the cent."""
    (nom,) = [nom for nom in caisse.returned() if "/APP_" in nom]
    assert nom == "A80001/retour/APP_R_0080001_20260405000000_0001.txt"
    lu = read_fixe(1, caisse.returned()[nom])
    assert lu.anomalies.is_empty()
    assert lu.fichier is not None
    assert lu.fichier.genre is not None
    ligne = lu.fichier.genre.enregistrements["80"]
    lues = select_valeurs(ligne, with_valeurs(ligne, lu.fichier.enregistrements["80"]))
    appels = caisse.read("appels")
    sommes = lues.group_by("call_id").agg(pl.col("amount").sum()).sort("call_id")
    assert sommes.rows() == appels.select("appel", "montant_centimes").rows()
    controle = lu.fichier.controle or {}
    totaux = {nom: int(controle[nom][-1] + controle[nom][:-1]) for nom in ("sum_1", "sum_2")}
    assert totaux == {
        "sum_1": caisse.read("lignes_appel")["base_centimes"].sum(),
        "sum_2": appels["montant_centimes"].sum(),
    }


def test_a_night_of_a_company_with_conventions(
    caisse: Caisse,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A bureau deposits for it in its own box; what it agreed is published, dates included."""
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    caisse.learn(MANDAT)
    caisse.learn(f"conventions:\n- {RCP}\ncalendriers:\n- {DECALE}\n".encode(), YAML)
    caisse.drop("CABINET-02", "mars.dsn", as_real(normale))
    caisse.pass_night()
    assert caisse.read("depots").select("adherent", "etat").rows() == [("CABINET-02", "INTEGRE")]
    assert set(caisse.read("appels")["adherent"]) == {"A80001"}
    boites: dict[str, set[str]] = {}
    for chemin in caisse.returned():
        boite, _, nom = chemin.split("/")
        boites.setdefault(boite, set()).add(nom.split("_")[0])
    assert boites == {
        "A80001": {"APP", "APPEL", "CERTIFICATS", "ECHEANCE", "RECAPITULATIF", "RELEVE"},
        "CABINET-02": {"ACK", "CONTROLE", "RAPPORT"},
    }
    check_app(caisse)
    assert caisse.read("conventions").filter(convention="0001234").height == 4
    dates = caisse.read("calendriers").filter(siren="800000010")
    assert dates.select("mois", "date", "etat").head(4).rows() == [
        ("2026-02", date(2026, 3, 1), "PRODUIT"),
        ("2026-03", date(2026, 4, 1), "PRODUIT"),
        ("2026-04", date(2026, 5, 11), "PREVU"),
        ("2026-05", date(2026, 6, 1), "PREVU"),
    ]
    versions = caisse.versions()
    caisse.pass_night(SOIR + timedelta(days=1))
    assert caisse.versions() == versions
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    commande = ["document", "calendrier", "--adherent", "A80001", "--sortie", str(tmp_path)]
    fait = CliRunner().invoke(application, commande)
    assert fait.exit_code == 0, fait.output
    agenda = (tmp_path / "CALENDRIER_2026-04-05.ics").read_text("utf-8")
    assert "DTSTART;VALUE=DATE:20260511" in agenda
    profil = "cdg;debut;activite;mode_retraite\nC8000101;2026-05-01;SO;declaratif\n"
    fin = "cdg;debut;fin\nC8000101;2015-01-01;2026-04-30\n"
    caisse.learn(fin.encode())
    (tmp_path / "profil.csv").write_text(profil, "utf-8")
    essai = ["registre", "importer", str(tmp_path / "profil.csv"), "--a-blanc"]
    montre = CliRunner().invoke(application, [*essai, "--auteur", "a", "--motif", "m"])
    assert "CI_SO, 0,13 %, au lieu de CI_GOTP, 0,68 % ;" in montre.output.replace("\u202f", " ")
    assert "base 35 au lieu de 34" in montre.output
    assert "appelés" in montre.output
    liste = CliRunner().invoke(application, ["calendriers", "--format", "json"])
    assert '"date":"2026-05-11","etat":"PREVU"' in liste.output
