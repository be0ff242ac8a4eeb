"""Nights that received nothing take all their shards as one, and change nothing by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.nuit.parts import ENSEMBLE
from pipelines.nuit.passage import plan_temps
from sample_files.generateur.portefeuille import (
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from sample_files.generateur.registre import draw_profil, render_registre
from tests.conftest import SOIR, Caisse
from tests.nuit.test_portefeuille import MOIS, MakeCaisse, drop_all
from warehouse.registre import YAML

COMPTES = "tenir_comptes"
FONDS = Parametres(adherents=3, salaries=18, mois=MOIS[-2:], graine=11, part_fautes=60)


def plan_comptes(caisse: Caisse, soir: datetime) -> list[str] | list[int]:
    """Shards on which the accounts of a night are kept."""
    passage = caisse.passage(soir)
    return plan_temps(passage, passage.find_temps(COMPTES))


def test_a_calm_night_in_shards_publishes_what_one_shard_does(make_caisse: MakeCaisse) -> None:
    """Debits and lateness come with the days; then files come, in shards again."""
    fichiers = list(generate_portefeuille(FONDS))
    membres = [(e, draw_profil(FONDS.graine, e)) for e in generate_entreprises(FONDS)]
    seule, parts = make_caisse(nombre_parts=1), make_caisse(nombre_parts=4)
    for caisse in (seule, parts):
        caisse.learn(render_registre(membres), YAML)
    for jours, deposes in ((0, fichiers[::2]), (20, []), (21, fichiers[1::2])):
        soir = SOIR + timedelta(days=jours)
        for caisse in (seule, parts):
            drop_all(caisse, deposes)
            caisse.receive(soir)
            if caisse is parts:
                assert (plan_comptes(caisse, soir) == [ENSEMBLE]) is (not deposes)
            caisse.pass_night(soir)
        assert parts.published(sauf=("part",)) == seule.published(sauf=("part",))
    assert len(parts.read("prelevements")) > 0
