"""The declarations of a shard are written slice of deposits by slice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.nuit.partage import share_again
from sample_files.generateur.portefeuille import (
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from sample_files.generateur.registre import draw_profil, render_registre
from specs.periodes import Mois
from tests.pipelines.anciennes import age

if TYPE_CHECKING:
    from tests.conftest import Caisse

MOIS = Mois.range(Mois(2026, 1), Mois(2026, 2))
PARAMETRES = Parametres(adherents=2, salaries=6, mois=MOIS, graine=3)
SOIRS = {mois: datetime(2026, 2 + rang, 20, 20, tzinfo=UTC) for rang, mois in enumerate(MOIS)}
TABLE = "declarations"


def pass_month(caisse: Caisse, mois: Mois) -> None:
    """The files of a month, then its night."""
    for fichier in generate_portefeuille(PARAMETRES):
        if fichier.mois == mois:
            caisse.drop(fichier.adherent, fichier.nom, fichier.octets)
    caisse.pass_night(SOIRS[mois])


def test_a_home_from_before_slices_goes_on(make_caisse: Callable[..., Caisse]) -> None:
    """Its declarations are cut again; its next night gives to the byte what it would have."""
    jeune, vieille = (make_caisse(nombre_parts=2) for _ in range(2))
    for caisse in (jeune, vieille):
        profils = ((e, draw_profil(PARAMETRES.graine, e)) for e in generate_entreprises(PARAMETRES))
        caisse.learn(render_registre(profils), "yaml")
        pass_month(caisse, MOIS[0])
    vieille = replace(vieille, maison=age(vieille.maison, (TABLE,)))
    assert not vieille.maison.lac.is_partitioned(TABLE)
    share_again(vieille.maison)
    assert vieille.maison.lac.is_partitioned(TABLE)
    for caisse in (jeune, vieille):
        pass_month(caisse, MOIS[1])
    assert vieille.read(TABLE).height > 0
    attendu = jeune.published()
    assert vieille.published() == attendu
