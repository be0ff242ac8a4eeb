"""Every block of the norm, met more often than its cardinality: CST-02, and no other structure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parsers.dsn.grammaire import ILLIMITE, INTERDIT, SANS_INDIVIDU, Grammaire, read_grammaire
from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi
from specs.dsn import VERSIONS

BASES = Path(__file__).parents[1] / "controles" / "bases"
NATURES = [chemin.stem for chemin in sorted(BASES.glob("*.dsn"))]


def bounded(grammaire: Grammaire, nature: str) -> dict[str, int]:
    """Blocks that the nature admits so many times at most."""
    maximums = {bloc: bornes[nature][1] for bloc, bornes in grammaire.bornes.items()}
    if maximums["S20.G00.05"] == INTERDIT:  # the version does not know this nature
        return {}
    return {bloc: m for bloc, m in maximums.items() if 0 < m < ILLIMITE}


def occurrence(bloc: str, lignes: list[str], grammaire: Grammaire) -> list[str]:
    """The lines of a block in the base, with what hangs from it, or else its first rubrics."""
    debuts = [i for i, ligne in enumerate(lignes) if ligne.startswith(bloc)]
    if not debuts:
        return [f"{rubrique},'1'" for rubrique in grammaire.rubriques_du_bloc[bloc][:2]]
    branche = {b for b in grammaire.blocs if bloc in grammaire.path(b)}
    fin = next(
        (i for i in range(debuts[0], len(lignes)) if lignes[i][:10] not in branche), len(lignes)
    )
    return lignes[debuts[0] : fin]


def with_too_many(bloc: str, fois: int, lignes: list[str], grammaire: Grammaire) -> list[str]:
    """The message with the block so many times, one after the other, at the place it may stand."""
    unite = occurrence(bloc, lignes, grammaire)
    if unite[0] in lignes:
        debut = lignes.index(unite[0])
        return lignes[:debut] + unite * fois + lignes[debut + len(unite) :]
    rang, nombre = grammaire.blocs.index, len(grammaire.blocs)

    def admise(avant: str, apres: str) -> bool:
        return bool(grammaire.successions[(rang(avant[:10]) + 1) * nombre + rang(apres[:10])])

    place = next(
        i
        for i in range(len(lignes) - 1, 0, -1)
        if lignes[i - 1][:10] != lignes[i][:10]
        and admise(lignes[i - 1], bloc)
        and admise(bloc, lignes[i])
    )
    return lignes[:place] + unite * fois + lignes[place:]


@pytest.mark.parametrize("version", VERSIONS)
def test_block_met_more_often_than_its_cardinality(version: str) -> None:
    """Once too many, then four times: told once under CST-02, at or above the block in excess."""
    grammaire = read_grammaire(version)
    attendus, envois = [], []
    for nature in NATURES:
        base = (BASES / f"{nature}.dsn").read_text("latin-1").replace("P26V01", version)
        lignes = [*base.splitlines(), "S90.G00.90.001,'1'", "S90.G00.90.002,'1'"]
        for bloc, maximum in bounded(grammaire, nature).items():
            for fois in (maximum + 1, maximum + 4):
                trop = with_too_many(bloc, fois, lignes, grammaire)
                envois.append(
                    Envoi(len(attendus), "".join(f"{li}\n" for li in trop).encode("latin-1"))
                )
                attendus.append((nature, bloc, fois))
    trouves: dict[int, list[tuple[str, str]]] = {i: [] for i in range(len(attendus))}
    for morceau in read_dsn(envois, version):
        for fichier, code, bloc in morceau.anomalies.select("fichier", "code", "bloc").iter_rows():
            if code in ("CST-01", "CST-02", "CST-05", "CST-09", "F023"):
                trouves[fichier].append((code, bloc))
    assert len(attendus) > 100
    ecarts = {
        cas: trouves[i] for i, cas in enumerate(attendus) if trouves[i] != [("CST-02", cas[1])]
    }
    assert ecarts == {}


def test_two_footers_are_told_as_such(message: Any, lire: Any) -> None:
    """A second total is CST-02, at its first line, not rubrics in disorder."""
    octets = message.octets()
    pied = octets[octets.index(b"S90.G00.90.001") :]
    [anomalie] = lire(octets + pied).anomalies.filter(code="CST-02").rows(named=True)
    assert (anomalie["variante"], anomalie["bloc"]) == ("en_trop", "S90.G00.90")
    assert anomalie["ligne"] == len(message.lignes) + 3


def test_no_nature_is_left_out() -> None:
    """The messages that are altered are of every nature that the dictionary knows."""
    usages = set(read_grammaire("P26V01").bornes["S21.G00.06"]) - {SANS_INDIVIDU}
    assert set(NATURES) == usages
