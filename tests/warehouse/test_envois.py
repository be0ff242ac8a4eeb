"""What is read of the files accepted: those that a key names, and what took their place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from warehouse.arrivees import Arrivee, record_depots
from warehouse.envois import Cle, Envoi, read_envois, record_envois
from warehouse.maison import Maison

INSTANT = "2026-03-01T21:00:00Z"
A, B = "800000010", "800000028"
Acte = tuple[str, str, str, str | None]  # siren, reference, operation, reference of the other


def key(siren: str, file_id: str) -> Cle:
    """The key of a real file of leave requests."""
    return siren, "DMC", "R", file_id


@pytest.fixture
def acceptes(maison: Maison) -> list[Envoi]:
    """A file, its replacement, the cancellation of that one, another; the same of another one."""
    actes: Sequence[Acte] = [
        (A, "F1", "N", None),
        (A, "F2", "R", "F1"),
        (A, "F3", "A", "F2"),
        (A, "F4", "N", None),
        (B, "F1", "N", None),
        (B, "F2", "R", "F1"),
    ]
    with maison.moteur.begin() as connexion:
        depots = record_depots(
            connexion,
            [
                Arrivee("A1", f"{rang}.txt", f"{rang}" * 64, 1, INSTANT)
                for rang in range(len(actes))
            ],
        )
        envois = [
            Envoi(d.depot, s, "DMC", "R", f, operation, autre, d.sha256, "1234", None, INSTANT)
            for d, (s, f, operation, autre) in zip(depots, actes, strict=True)
        ]
        record_envois(connexion, envois)
    return envois


@pytest.mark.parametrize(
    ("cles", "cibles", "attendus"),
    [
        ([], [], []),
        ([key(A, "F9")], [], []),
        ([key(A, "F1")], [], [0]),
        ([key(A, "F1")], [key(A, "F1")], [0, 1]),
        ([key(A, "F2"), key(B, "F1")], [key(A, "F2")], [1, 2, 4]),
        ([key(A, "F4")], [key(A, "F4"), key(B, "F1")], [3, 5]),
        ([(A, "DMC", "T", "F1"), (A, "RIB", "R", "F1")], [(A, "DMC", "T", "F1")], []),
    ],
)
def test_only_what_is_named_is_read(
    maison: Maison,
    acceptes: list[Envoi],
    cles: Sequence[Cle],
    cibles: Sequence[Cle],
    attendus: list[int],
) -> None:
    """Of their company, kind and mode alone, in the order of reception."""
    with maison.moteur.connect() as connexion:
        lus = read_envois(connexion, cles, cibles)
    assert lus == [acceptes[rang] for rang in attendus]
    assert all(envoi.cible is None or envoi.operation != "N" for envoi in lus)
