"""A sealed content gives its clear bytes back, and nothing else: not moved, cut, nor changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specs import octets as module_octets
from warehouse.coffre.contenus import (
    ENTETE,
    ETIQUETTE,
    MORCEAU,
    Scelle,
    open_contenu,
    read_cle,
    seal,
)
from warehouse.coffre.trousseau import FERME, Cle, CoffreFerme, SceauRompu, Trousseau

PREMIERE, SECONDE = Cle(b"1" * 32), Cle(b"2" * 32)
TROUSSEAU = Trousseau((PREMIERE,))
NOM = "a" * 64
GRAND = os.urandom(MORCEAU) + os.urandom(MORCEAU) + os.urandom(17)


def write(chemin: Path, octets: bytes, trousseau: Trousseau = TROUSSEAU, nom: str = NOM) -> bytes:
    """Seal in a file; what was written."""
    scelle = b"".join(seal(octets, nom, trousseau))
    chemin.write_bytes(scelle)
    return scelle


@pytest.mark.parametrize("octets", [b"", b"x", GRAND[:MORCEAU], GRAND[: MORCEAU + 1], GRAND])
def test_what_is_opened_is_what_was_sealed(tmp_path: Path, octets: bytes) -> None:
    """At the limits of the pieces too; nothing of the clear is in the file, no file twice."""
    scelles = {write(tmp_path / "f", octets) for _ in range(2)}
    assert len(scelles) == 2
    assert all(octets[:16] not in scelle for scelle in scelles if len(octets) > 16)
    assert open_contenu(tmp_path / "f", NOM, TROUSSEAU)[:] == octets
    assert read_cle(tmp_path / "f") == PREMIERE.nom


def test_parts_of_a_large_content_stay_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part of a file that is not held in memory is that of the clear bytes."""
    monkeypatch.setattr(module_octets, "EN_MEMOIRE", MORCEAU)
    write(tmp_path / "f", GRAND)
    ouvert = open_contenu(tmp_path / "f", NOM, TROUSSEAU)
    assert isinstance(ouvert, Scelle)
    assert len(ouvert) == len(GRAND)
    bornes = (0, 1, MORCEAU - 1, MORCEAU, MORCEAU + 1, 2 * MORCEAU, len(GRAND) - 1, len(GRAND))
    for debut in bornes:
        for fin in bornes:
            assert ouvert[debut:fin] == GRAND[debut:fin]


def test_any_byte_that_changes_is_seen(tmp_path: Path) -> None:
    """Salt, text, tag: each byte of what was sealed."""
    scelle = write(tmp_path / "f", b"nom de famille")
    for place in range(ENTETE - 16, len(scelle)):
        altere = bytearray(scelle)
        altere[place] ^= 1
        (tmp_path / "f").write_bytes(altere)
        with pytest.raises(SceauRompu):
            open_contenu(tmp_path / "f", NOM, TROUSSEAU)


@pytest.mark.parametrize(
    "forge",
    [
        lambda s: s[: ENTETE + MORCEAU + ETIQUETTE],  # the last pieces left out
        lambda s: s[:ENTETE],
        lambda s: s[:-1],
        lambda s: s + s[-33:],
        lambda s: s[:ENTETE] + _swap(s[ENTETE:]),
    ],
)
def test_pieces_can_be_neither_moved_nor_left_out(tmp_path: Path, forge: object) -> None:
    """What was sealed as one is opened as one."""
    scelle = write(tmp_path / "f", GRAND)
    (tmp_path / "f").write_bytes(forge(scelle))  # type: ignore[operator]
    with pytest.raises(SceauRompu):
        open_contenu(tmp_path / "f", NOM, TROUSSEAU)[:]


def _swap(morceaux: bytes) -> bytes:
    pas = MORCEAU + ETIQUETTE
    return morceaux[pas : 2 * pas] + morceaux[:pas] + morceaux[2 * pas :]


def test_a_content_is_not_opened_in_the_place_of_another(tmp_path: Path) -> None:
    """The name is authenticated with the bytes."""
    write(tmp_path / "f", b"bulletin")
    with pytest.raises(SceauRompu):
        open_contenu(tmp_path / "f", "b" * 64, TROUSSEAU)


def test_keys_that_are_readable(tmp_path: Path) -> None:
    """The last one writes, all of them read; without its key a content is refused by its name."""
    ecrite = Trousseau((PREMIERE, SECONDE))
    write(tmp_path / "avant", b"avant")
    write(tmp_path / "apres", b"apres", ecrite)
    assert read_cle(tmp_path / "apres") == SECONDE.nom
    assert open_contenu(tmp_path / "avant", NOM, ecrite)[:] == b"avant"
    for trousseau in (TROUSSEAU, FERME):
        with pytest.raises(CoffreFerme, match=SECONDE.nom.hex()):
            open_contenu(tmp_path / "apres", NOM, trousseau)


def test_a_content_from_before_is_read_in_clear(tmp_path: Path) -> None:
    """What no key sealed is as it is; without a key, so is what is written."""
    assert write(tmp_path / "f", b"en clair", FERME) == b"en clair"
    assert read_cle(tmp_path / "f") is None
    assert open_contenu(tmp_path / "f", NOM, TROUSSEAU)[:] == b"en clair"
