"""The YAML files of the rooms of specs: one a subject, read whole, in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SUFFIXE = ".yaml"
# The compiled loader is as safe as the other one, and ten times faster.
LECTEUR = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ECRIVAIN: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
SANS_FIN = 1_000_000  # a value on one line, however long


@cache
def read_yaml(salle: str, sujet: str) -> dict[str, Any]:
    """Content of `<sujet>.yaml` in the package `salle`; shared, not to be altered."""
    texte = files(salle).joinpath(sujet + SUFFIXE).read_text("utf-8")
    contenu: dict[str, Any] = yaml.load(texte, LECTEUR)  # noqa: S506 - a safe loader
    return contenu


def read_sujets(salle: str) -> dict[str, Any]:
    """Entries of every YAML of the package, those of one file after those of another.

    ValueError when two files define one name.
    """
    noms = sorted(f.name.removesuffix(SUFFIXE) for f in files(salle).iterdir() if SUFFIXE in f.name)
    tout: dict[str, Any] = {}
    for nom in noms:
        contenu = read_yaml(salle, nom)
        if repetes := tout.keys() & contenu.keys():
            raise ValueError(f"{salle} : défini deux fois : {', '.join(sorted(repetes))}")
        tout |= contenu
    return tout


class _SansRenvoi(ECRIVAIN):  # type: ignore[misc,valid-type]
    """Values written in full, the same one twice too."""

    def ignore_aliases(self, _: object) -> bool:
        return True


def render_yaml(sections: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """Text of a YAML file of sections, each a list of rows: one value a line, in their order."""
    texte = yaml.dump(
        sections, Dumper=_SansRenvoi, allow_unicode=True, sort_keys=False, width=SANS_FIN
    )
    # The compiled writer does not set a list back from its section.
    return re.sub(r"^(?=[- ])", "  ", texte, flags=re.MULTILINE)
