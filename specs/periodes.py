"""Periods as closed types: a month is a value of its own, never a text to be cut.

>>> str(Mois.parse("2026-12").next())
'2027-01'
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Self

MOIS_PAR_AN = 12
AVRIL = 4  # first month of a campaign
_FORME = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Mois:
    """One calendar month, ordered in time; `str` gives `AAAA-MM`, as published."""

    annee: int
    numero: int

    def __post_init__(self) -> None:
        """Refuse what is not a month of the calendar (ValueError)."""
        if not (MINYEAR <= self.annee <= MAXYEAR and 1 <= self.numero <= MOIS_PAR_AN):
            raise ValueError(f"mois hors du calendrier : {self.annee}-{self.numero}")

    @classmethod
    def parse(cls, texte: str) -> Self:
        """The month written `AAAA-MM`; ValueError for any other text."""
        trouve = _FORME.fullmatch(texte)
        if trouve is None:
            raise ValueError(f"mois attendu sous la forme AAAA-MM : {texte!r}")
        return cls(int(trouve[1]), int(trouve[2]))

    @classmethod
    def from_date(cls, jour: date) -> Self:
        """The month of a day."""
        return cls(jour.year, jour.month)

    @classmethod
    def range(cls, debut: Self, fin: Self) -> tuple[Self, ...]:
        """Every month from `debut` to `fin`, both included; none when `fin` is before."""
        return tuple(cls._from_rang(rang) for rang in range(debut._rang, fin._rang + 1))

    @classmethod
    def _from_rang(cls, rang: int) -> Self:
        annee, numero = divmod(rang, MOIS_PAR_AN)
        return cls(annee, numero + 1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.annee, self.numero, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.annee, self.numero, monthrange(self.annee, self.numero)[1])

    @property
    def _rang(self) -> int:
        """Months since year 0: what makes shifts additions."""
        return self.annee * MOIS_PAR_AN + self.numero - 1

    def shift(self, nombre: int) -> Self:
        """The month `nombre` months later (earlier when negative)."""
        return self._from_rang(self._rang + nombre)

    def next(self) -> Self:
        """The following month."""
        return self.shift(1)

    def previous(self) -> Self:
        """The month before."""
        return self.shift(-1)

    def __str__(self) -> str:
        """`AAAA-MM`."""
        return f"{self.annee:04}-{self.numero:02}"


@dataclass(frozen=True, order=True, slots=True)
class Annee:
    """Twelve months from `premier` on; `str` gives `2026`, or `2025-26` across two civil years."""

    premier: Mois

    @classmethod
    def containing(cls, mois: Mois, numero: int) -> Self:
        """The one that starts in the month `numero` and holds `mois`."""
        return cls(Mois(mois.annee - (mois.numero < numero), numero))

    @property
    def dernier(self) -> Mois:
        """Its last month."""
        return self.premier.shift(MOIS_PAR_AN - 1)

    def __str__(self) -> str:
        """`AAAA`, or `AAAA-AA`."""
        if self.premier.numero == 1:
            return f"{self.premier.annee:04}"
        return f"{self.premier.annee:04}-{self.dernier.annee % 100:02}"


def campagne(mois: Mois) -> str:
    """The campaign of a month, 1 April - 31 March: `2025-26`."""
    debut = mois.annee if mois.numero >= AVRIL else mois.annee - 1
    return f"{debut:04}-{(debut + 1) % 100:02}"


CAMPAGNE = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class PeriodeRefusee(ValueError):  # noqa: N818 - named in French
    """Neither a civil year (`2026`) nor a campaign (`2025-26`)."""


def parse_periode(texte: str) -> tuple[Mois, Mois]:
    """First and last months of a civil year (`2026`) or of a campaign (`2025-26`)."""
    if re.fullmatch(r"[1-9]\d{3}", texte, re.ASCII):
        premier = Mois(int(texte), 1)
    elif (lue := CAMPAGNE.fullmatch(texte)) and (int(lue[1]) + 1) % 100 == int(lue[2]):
        premier = Mois(int(lue[1]), AVRIL)
    else:
        raise PeriodeRefusee(
            f"période attendue : une année (2026) ou une campagne (2025-26), et non {texte!r}"
        )
    return premier, premier.shift(MOIS_PAR_AN - 1)
