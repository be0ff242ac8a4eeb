"""A portfolio with its exchange files, through a night: nothing is refused, all is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pytest

from sample_files.generateur.portefeuille import (
    Parametres,
    Temoin,
    generate_entreprises,
    generate_portefeuille,
    observe,
)
from sample_files.generateur.registre import draw_profil, render_registre
from specs.periodes import Mois

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

PARAMETRES = Parametres(
    adherents=4,
    salaries=40,
    mois=Mois.range(Mois(2025, 12), Mois(2026, 2)),
    graine=19,
    echanges=True,
)
MOIS_LIGNE = ["cdg", "mois_appel", "mois_rattachement"]


def test_a_portfolio_without_fault_is_taken_whole(make_caisse: Callable[..., Caisse]) -> None:
    """Its registry gives the rights: no anomaly of any file; a wage return is called as a DSN."""
    caisse = make_caisse(nombre_parts=1)
    profils = ((e, draw_profil(PARAMETRES.graine, e)) for e in generate_entreprises(PARAMETRES))
    caisse.learn(render_registre(profils), "yaml")
    temoin = Temoin()
    genres = set()
    for fichier in observe(generate_portefeuille(PARAMETRES), temoin):
        caisse.drop(fichier.adherent, fichier.nom, fichier.octets)
        genres.add(fichier.type)
    assert genres >= {"ARI", "CERT", "DMC", "RIB", "TDP"}
    caisse.pass_night()
    journal = caisse.journal()
    sauf = {nom: d.motif for nom, d in journal.items() if d.etat not in ("INTEGRE", "REMPLACE")}
    assert {nom for nom in sauf if "_T_" not in nom} == set()
    assert caisse.read("anomalies").rows() == []
    lues = caisse.read("lignes_echange")
    reserves = ("ARI", "CERT")
    acceptees = lues.filter(~pl.col("nature").is_in([*reserves, "DMC"]))
    assert set(acceptees["verdict"]) == {"ACCEPTEE"}
    # No certificate gives yet the rights that a leave of June takes: it waits for them.
    assert set(lues.filter(nature="DMC")["verdict"]) == {"EN_ATTENTE"}
    # All of it comes one night of April: the stops of the winter are late, and right to the cent;
    # certificates tell months that the DSN tell too.
    assert set(lues.filter(pl.col("nature").is_in(reserves))["verdict"]) <= {
        "ACCEPTEE",
        "ACCEPTEE_RESERVE",
    }
    assert set(caisse.read("constats_echange")["code"]) == {"CG-003", "D101", "IN-001"}
    indemnites = caisse.read("valeurs_echange").filter(nom="INDEMNITE")
    assert indemnites["declare"].to_list() == indemnites["calcule"].to_list()
    assert len(indemnites)
    lignes = caisse.read("lignes_appel").filter(pl.col("cotisation") == "CP")
    appelees = lignes.group_by(MOIS_LIGNE).agg(pl.col("base_centimes").sum()).sort(MOIS_LIGNE)
    assert appelees.rows() == [
        (cdg, str(mois), str(du), base) for cdg, mois, du, base in temoin.sums()
    ]
