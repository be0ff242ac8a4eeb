"""What differs between two trees of files, said in a few lines: a report must stay readable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeGuard

AUTOUR = 60  # bytes shown before and after the first one that differs


def is_arbre(valeur: object) -> TypeGuard[Mapping[str, bytes]]:
    """Whether it is a mapping of names to bytes, with at least a name."""
    return (
        isinstance(valeur, Mapping)
        and bool(valeur)
        and all(isinstance(octets, bytes) for octets in valeur.values())
    )


def list_differences(gauche: Mapping[str, bytes], droite: Mapping[str, bytes]) -> Iterator[str]:
    """Names that one of them lacks, then the first bytes that differ in each other file."""
    yield from (f"only at left: {nom}" for nom in sorted(gauche.keys() - droite.keys()))
    yield from (f"only at right: {nom}" for nom in sorted(droite.keys() - gauche.keys()))
    for nom in sorted(gauche.keys() & droite.keys()):
        if gauche[nom] != droite[nom]:
            yield from _describe(nom, gauche[nom], droite[nom])


def _describe(nom: str, gauche: bytes, droite: bytes) -> Iterator[str]:
    paires = enumerate(zip(gauche, droite, strict=False))
    rang = next((n for n, (a, b) in paires if a != b), min(len(gauche), len(droite)))
    yield f"{nom}: {len(gauche)} and {len(droite)} bytes, the first that differs at {rang}"
    for cote in (gauche, droite):
        yield f"  {cote[max(0, rang - AUTOUR) : rang + AUTOUR]!r}"
