"""A minimal conforming message to alter line by line, and its reading in one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl
import pytest

from parsers.anomalies import merge
from parsers.dsn.enveloppe import open_fichier
from parsers.dsn.lecteur import read_dsn
from parsers.dsn.morceaux import MORCEAU_OCTETS

# The controls of coherence, of the norm and of the fund, have tests and excerpts of their own.
COHERENCE = "/|^CP-"
ENTETE = """\
S10.G00.00.001,'LOGICIEL'
S10.G00.00.002,'EDITEUR'
S10.G00.00.003,'1.0'
S10.G00.00.005,'02'
S10.G00.00.006,'P26V01'
S10.G00.00.007,'01'
S10.G00.00.008,'01'
S10.G00.01.001,'800000028'
S10.G00.01.002,'00020'
S10.G00.01.003,'TIERS DECLARANT'
S10.G00.02.001,'02'
S10.G00.02.002,'CONTACT'
S10.G00.02.004,'contact@exemple.invalid'
S10.G00.02.005,'0102030405'
"""
DECLARATION = """\
S20.G00.05.001,'01'
S20.G00.05.002,'01'
S20.G00.05.003,'11'
S20.G00.05.004,'1'
S20.G00.05.005,'01032026'
S20.G00.05.007,'02042026'
S20.G00.05.008,'01'
S20.G00.05.010,'01'
S20.G00.07.001,'CONTACT'
S20.G00.07.002,'0102030405'
S20.G00.07.003,'conges@exemple.invalid'
S20.G00.07.004,'15'
S21.G00.06.001,'800000010'
S21.G00.06.002,'00010'
S21.G00.06.003,'4211Z'
S21.G00.11.001,'00010'
S21.G00.11.002,'4211Z'
S21.G00.11.022,'1702'
"""
INDIVIDU = """\
S21.G00.30.001,'1850669123101'
S21.G00.30.002,'O'CONNOR'
S21.G00.30.004,'JÉRÔME'
S21.G00.30.006,'14061985'
S21.G00.30.013,'01'
S21.G00.30.014,'69'
S21.G00.30.015,'FR'
S21.G00.40.001,'01092015'
S21.G00.40.002,'07'
S21.G00.40.003,'04'
S21.G00.40.004,'621c'
S21.G00.40.006,'CONDUCTEUR'
S21.G00.40.007,'01'
S21.G00.40.008,'99'
S21.G00.40.009,'00001'
S21.G00.40.011,'10'
S21.G00.40.012,'151.67'
S21.G00.40.013,'151.67'
S21.G00.40.014,'10'
S21.G00.40.016,'99'
S21.G00.40.017,'1702'
S21.G00.40.018,'200'
S21.G00.40.019,'80000001000010'
S21.G00.40.020,'200'
S21.G00.40.022,'01'
S21.G00.40.024,'99'
S21.G00.40.026,'99'
S21.G00.40.036,'01'
S21.G00.40.037,'01'
S21.G00.40.039,'200'
S21.G00.40.040,'451AA'
S21.G00.40.043,'4.50'
S21.G00.71.002,'RUAA'
S21.G00.50.001,'31032026'
S21.G00.50.002,'1960.00'
S21.G00.50.004,'1911.00'
S21.G00.50.006,'5.00'
S21.G00.50.007,'13'
S21.G00.50.009,'98.00'
S21.G00.50.013,'1960.00'
S21.G00.51.001,'01032026'
S21.G00.51.002,'31032026'
S21.G00.51.010,'00001'
S21.G00.51.011,'001'
S21.G00.51.013,'2450.00'
S21.G00.78.001,'20'
S21.G00.78.002,'01032026'
S21.G00.78.003,'31032026'
S21.G00.78.004,'2450.00'
"""


@dataclass(frozen=True, slots=True)
class Message:
    """Lines of a message but its footer, which `octets` adds with the right totals."""

    lignes: tuple[str, ...]

    def avec(self, rubrique: str, valeur: str) -> Message:
        """The first line of `rubrique` with another value."""
        rang = self.rang(rubrique)
        return self._recousu(rang, rang + 1, f"{rubrique},'{valeur}'")

    def sans(self, debut: str) -> Message:
        """Without the lines that start with `debut`."""
        return replace(self, lignes=tuple(li for li in self.lignes if not li.startswith(debut)))

    def avant(self, rubrique: str, *lignes: str) -> Message:
        """With `lignes` before the first line of `rubrique`."""
        return self._recousu(self.rang(rubrique), self.rang(rubrique), *lignes)

    def apres(self, rubrique: str, *lignes: str) -> Message:
        """With `lignes` after the first line of `rubrique`."""
        return self._recousu(self.rang(rubrique) + 1, self.rang(rubrique) + 1, *lignes)

    def suivi(self, texte: str) -> Message:
        """With the lines of `texte` at the end."""
        return replace(self, lignes=(*self.lignes, *texte.splitlines()))

    def en_version(self, version: str) -> Message:
        """The same message in another version of the norm, still conforming."""
        autre = self.avec("S10.G00.00.006", version)
        if version != "P27V01":
            return autre
        autre = autre.sans("S21.G00.06.003").sans("S21.G00.11.002")
        return autre.apres("S21.G00.40.043", "S21.G00.40.084,'01'")

    def rang(self, debut: str) -> int:
        """Rank of the first line that starts with `debut`: its line number less one."""
        return next(i for i, li in enumerate(self.lignes) if li.startswith(debut))

    def octets(self, fin: str = "\n") -> bytes:
        """The whole message in ISO-8859-1, with the totals of its footer."""
        declarations = sum(li.startswith("S20.G00.05.001,") for li in self.lignes)
        pied = (f"S90.G00.90.001,'{len(self.lignes) + 2}'", f"S90.G00.90.002,'{declarations}'")
        return "".join(f"{li}{fin}" for li in (*self.lignes, *pied)).encode("latin-1")

    def _recousu(self, debut: int, fin: int, *lignes: str) -> Message:
        return replace(self, lignes=self.lignes[:debut] + lignes + self.lignes[fin:])


@dataclass(frozen=True, slots=True)
class Lecture:
    """What was read of files: anomalies, one frame a block, number of lines."""

    anomalies: pl.DataFrame
    blocs: dict[str, pl.DataFrame]
    lignes: int

    @property
    def codes(self) -> list[tuple[str, int | None, str | None]]:
        """Code, line, rubric (else block) of each anomaly."""
        lieu = pl.coalesce("rubrique", "bloc")
        return self.anomalies.select("code", "ligne", lieu).rows()

    def seule(self) -> dict[str, object]:
        """The only anomaly, by column."""
        assert len(self.anomalies) == 1, self.codes
        return self.anomalies.row(0, named=True)


def read(*fichiers: bytes, taille: int = MORCEAU_OCTETS) -> Lecture:
    """Open and read files together, numbered from 0."""
    ouvertures = [open_fichier(i, octets) for i, octets in enumerate(fichiers)]
    par_version: dict[str, list] = {}
    for ouverture in ouvertures:
        for version, envoi in ouverture.envois:
            par_version.setdefault(version, []).append(envoi)
    morceaux = [m for v, envois in par_version.items() for m in read_dsn(envois, v, taille)]
    blocs = sorted({nom for m in morceaux for nom in m.blocs})
    toutes = merge([*(o.anomalies for o in ouvertures), *(m.anomalies for m in morceaux)])
    return Lecture(
        toutes.filter(~pl.col("code").str.contains(COHERENCE)),
        {
            nom: pl.concat([m.blocs[nom] for m in morceaux if nom in m.blocs], how="diagonal")
            for nom in blocs
        },
        sum(m.lignes for m in morceaux),
    )


@pytest.fixture
def message() -> Message:
    """A monthly declaration of one individual, in P26V01."""
    return Message(tuple((ENTETE + DECLARATION + INDIVIDU).splitlines()))


@pytest.fixture
def entete() -> Message:
    """The header alone."""
    return Message(tuple(ENTETE.splitlines()))


@pytest.fixture
def declaration() -> str:
    """One declaration with one individual, to follow another."""
    return DECLARATION + INDIVIDU


@pytest.fixture
def individu() -> str:
    """One individual, to follow another."""
    return INDIVIDU


@pytest.fixture
def lire() -> Callable[..., Lecture]:
    """Open and read files together."""
    return read
