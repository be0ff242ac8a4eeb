"""Excerpts: a conforming message of one nature, altered by a few lines.

S21.G00.40.012,'260.00'      set a rubric of the first occurrence of its block (made if absent)
- S21.G00.40.010             remove the first line of a rubric, or every line of a block
+ S21.G00.51.001,'...'       lines that start a new occurrence, put where their block may stand
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsers.dsn.grammaire import Grammaire, read_grammaire
from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi
from specs.fichiers import load_yaml

ICI = Path(__file__).parent
EN_P27V01 = ("S21.G00.06.003", "S21.G00.11.002")  # gone from P27V01


@dataclass(frozen=True, slots=True)
class Extrait:
    """One excerpt of one control: which message, altered how, and whether it conforms."""

    controle: str
    conforme: bool
    nature: str
    version: str
    lignes: str

    def octets(self) -> bytes:
        """The whole message, with a right footer."""
        lignes = _base(self.nature, self.version)
        grammaire = read_grammaire(self.version)
        ajouts: list[str] = []
        for ligne in self.lignes.splitlines():
            if ligne.startswith("+ "):
                ajouts.append(ligne[2:].strip())
                continue
            lignes, ajouts = _insert(lignes, ajouts, grammaire), []
            if ligne.startswith("- "):
                lignes = _remove(lignes, ligne[2:].strip())
            elif ligne.strip():
                lignes = _put(lignes, ligne.strip(), grammaire)
        lignes = _insert(lignes, ajouts, grammaire)
        declarations = sum(li.startswith("S20.G00.05.001,") for li in lignes)
        pied = [f"S90.G00.90.001,'{len(lignes) + 2}'", f"S90.G00.90.002,'{declarations}'"]
        return "".join(f"{li}\n" for li in [*lignes, *pied]).encode("latin-1")

    def codes(self) -> set[str]:
        """Codes of the anomalies that the message gets."""
        return read_codes([self])[self]


def read_codes(extraits: Collection[Extrait]) -> dict[Extrait, set[str]]:
    """Codes of the anomalies of each message, all read together."""
    codes: dict[Extrait, set[str]] = {extrait: set() for extrait in extraits}
    for version in {extrait.version for extrait in codes}:
        ensemble = [extrait for extrait in codes if extrait.version == version]
        envois = [Envoi(rang, extrait.octets()) for rang, extrait in enumerate(ensemble)]
        for morceau in read_dsn(envois, version):
            for rang, code in morceau.anomalies.select("fichier", "code").iter_rows():
                codes[ensemble[rang]].add(code)
    return codes


def read_extraits() -> list[Extrait]:
    """Every excerpt of `tests/controles/extraits/*.yaml`."""
    return [
        extrait
        for fichier in sorted(ICI.glob("extraits/*.yaml"))
        for entree in load_yaml(fichier.read_text("utf-8")) or []
        for conforme in (True, False)
        for extrait in _parse(entree, conforme=conforme)
    ]


def _parse(entree: dict[str, Any], *, conforme: bool) -> list[Extrait]:
    defaut = {c: entree[c] for c in ("nature", "version") if c in entree}
    return [
        Extrait(
            entree["controle"],
            conforme,
            str(cas.get("nature", defaut.get("nature", "01"))),
            cas.get("version", defaut.get("version", "P26V01")),
            cas.get("lignes", ""),
        )
        for cas in entree["conforme" if conforme else "fautif"]
    ]


def _base(nature: str, version: str) -> list[str]:
    texte = (ICI / "bases" / f"{nature}.dsn").read_text("latin-1")
    lignes = texte.replace("P26V01", version).splitlines()
    if version < "P27V01":
        return lignes
    lignes = [li for li in lignes if not li.startswith(EN_P27V01)]
    grammaire = read_grammaire(version)
    avec = nature in ("01", "08", "09", "10")
    return _put(lignes, "S21.G00.40.084,'01'", grammaire) if avec else lignes


def _remove(lignes: list[str], quoi: str) -> list[str]:
    if len(quoi) == len("S21.G00.40"):
        return [li for li in lignes if not li.startswith(quoi)]
    rang = next(i for i, li in enumerate(lignes) if li.startswith(quoi))
    return lignes[:rang] + lignes[rang + 1 :]


def _put(lignes: list[str], ligne: str, grammaire: Grammaire) -> list[str]:
    rubrique, bloc = ligne[:14], ligne[:10]
    premiere = next((i for i, li in enumerate(lignes) if li.startswith(bloc)), None)
    if premiere is None:
        return _insert(lignes, [ligne], grammaire)
    rang = premiere
    while rang < len(lignes) and lignes[rang].startswith(bloc):
        if rang > premiere and lignes[rang][:14] <= lignes[rang - 1][:14]:
            break  # the next occurrence of the block
        if lignes[rang][:14] == rubrique:
            return [*lignes[:rang], ligne, *lignes[rang + 1 :]]
        if lignes[rang][:14] > rubrique:
            break
        rang += 1
    return [*lignes[:rang], ligne, *lignes[rang:]]


def _insert(lignes: list[str], ajouts: list[str], grammaire: Grammaire) -> list[str]:
    """Put new occurrences at the last place where the tree admits them."""
    if not ajouts:
        return lignes
    nombre = len(grammaire.blocs)

    def admise(avant: str, apres: str) -> bool:
        rangs = grammaire.blocs.index(avant[:10]), grammaire.blocs.index(apres[:10])
        return bool(grammaire.successions[(rangs[0] + 1) * nombre + rangs[1]])

    suivantes = [*lignes[1:], "S90.G00.90.001"]
    for rang in range(len(lignes) - 1, -1, -1):
        avant, apres = lignes[rang], suivantes[rang]
        interieur = avant[:10] == apres[:10] and avant[:14] < apres[:14]
        if not interieur and admise(avant, ajouts[0]) and admise(ajouts[-1], apres):
            return [*lignes[: rang + 1], *ajouts, *lignes[rang + 1 :]]
    raise ValueError(f"aucune place pour {ajouts[0]}")
