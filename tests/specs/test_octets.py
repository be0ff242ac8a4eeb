"""Bytes left on disk are those that `bytes` would give, wherever windows cut them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specs import octets
from specs.octets import Fichier, Octets, Tranche, read_octets

tranquille = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
places = st.integers(-80, 80)


@pytest.fixture(autouse=True)
def _petites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a few bytes, so that a short text has many."""
    for nom, taille in {"FENETRE": 7, "AVANCE": 5, "LIGNE": 3, "EN_MEMOIRE": 4}.items():
        monkeypatch.setattr(octets, nom, taille)


def on_disk(dossier: Path, contenu: bytes) -> Octets:
    """These bytes, in a file."""
    chemin = dossier / "contenu"
    chemin.write_bytes(contenu)
    return Fichier(chemin, len(contenu))


@tranquille
@given(contenu=st.binary(max_size=60), parts=st.lists(st.tuples(places, places), max_size=5))
def test_parts_are_those_of_bytes(
    contenu: bytes, parts: list[tuple[int, int]], tmp_path: Path
) -> None:
    """Of the whole and of a part of it, in any order."""
    lus = on_disk(tmp_path, contenu)
    tranche, dedans = Tranche(lus, 2, len(contenu)), contenu[2:]
    for debut, fin in parts:
        assert lus[debut:fin] == contenu[debut:fin]
        if len(contenu) >= 2:
            assert (tranche[debut:fin], len(tranche)) == (dedans[debut:fin], len(dedans))
    assert (lus[:], lus[:3], lus[-3:]) == (contenu, contenu[:3], contenu[-3:])


@tranquille
@given(contenu=st.text("ab\n", max_size=60).map(str.encode), debut=st.integers(0, 60))
def test_what_is_looked_for_is_found(contenu: bytes, debut: int, tmp_path: Path) -> None:
    """Marks and line ends, those that two windows share too; the same in memory and on disk."""
    reste = contenu[debut:]
    ligne = contenu.find(b"\n", debut)
    for lus in (contenu, on_disk(tmp_path, contenu)):
        assert octets.find(lus, b"ab", debut, len(lus)) == contenu.find(b"ab", debut)
        assert octets.find(lus, b"ab", 0, debut) == contenu.find(b"ab", 0, debut)
        attendues = [i for i in range(len(contenu)) if contenu.startswith(b"\na", i)]
        assert list(octets.find_all(lus, b"\na")) == attendues
        assert octets.count_lines(lus, min(debut, len(lus))) == reste.count(b"\n")
        assert octets.count_lines(lus, 0, min(debut, len(lus))) == contenu[:debut].count(b"\n")
        assert octets.line_end(lus, debut) == (ligne + 1 if ligne >= 0 else len(contenu))
        assert b"".join(octets.windows(lus, 2)) == contenu
        assert octets.fingerprint(lus) == hashlib.sha256(contenu).hexdigest()


@pytest.mark.parametrize("taille", [4, 5])
def test_a_large_file_stays_on_disk(taille: int, tmp_path: Path) -> None:
    """From one byte beyond the limit on."""
    chemin = tmp_path / "contenu"
    chemin.write_bytes(b"a" * taille)
    lus = read_octets(chemin)
    assert isinstance(lus, Fichier) == (taille > octets.EN_MEMOIRE)
    assert (len(lus), lus[:]) == (taille, b"a" * taille)


def test_a_file_cut_short_is_not_read(tmp_path: Path) -> None:
    """What is missing is an error, never a shorter text."""
    lus = on_disk(tmp_path, b"a" * 20)
    (tmp_path / "contenu").write_bytes(b"a" * 10)
    assert lus[:3] == b"aaa"
    with pytest.raises(OSError, match="raccourci"):
        lus[8:]
