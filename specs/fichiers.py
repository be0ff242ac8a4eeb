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
    contenu: dict[str, Any] = load_yaml(_read(salle, sujet))
    return contenu


def load_yaml(texte: str | bytes) -> Any:  # noqa: ANN401 - whatever the text says
    """What a YAML text says, by the compiled loader; YAMLError when it says nothing."""
    return yaml.load(texte, LECTEUR)  # noqa: S506 - a safe loader


def find_sujet(salle: str, nom: str) -> str | None:
    """The YAML of the package that has an entry of this name, found without reading the others."""
    entree = re.compile(rf"^{re.escape(nom)}:", re.MULTILINE)
    return next((s for s in list_sujets(salle) if entree.search(_read(salle, s))), None)


@cache
def list_sujets(salle: str) -> tuple[str, ...]:
    """Names of the YAML files of the package, sorted."""
    noms = (f.name for f in files(salle).iterdir() if SUFFIXE in f.name)
    return tuple(sorted(nom.removesuffix(SUFFIXE) for nom in noms))


@cache
def _read(salle: str, sujet: str) -> str:
    return files(salle).joinpath(sujet + SUFFIXE).read_text("utf-8")


def read_sujets(salle: str) -> dict[str, Any]:
    """Entries of every YAML of the package, those of one file after those of another.

    ValueError when two files define one name.
    """
    tout: dict[str, Any] = {}
    for nom in list_sujets(salle):
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
