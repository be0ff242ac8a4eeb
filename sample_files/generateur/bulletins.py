"""The pay of one employee in one month: presence, absences, gross pay, bases of the fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sample_files.generateur.carrieres import CNETP, Salarie
from sample_files.generateur.hasard import happens
from specs.periodes import Mois

MALADIE, INTEMPERIES, CONGES = "01", "507", "200"
JOURS_OUVRES = 22  # of a full month, to value a day
JOUR_CENTIEMES, MOIS_CENTIEMES = 700, 15_167  # hours x 100
SAMEDI = 5
PART_ABSENCE, PART_PRIME, PART_REGULARISATION, PART_CRM = 220, 40, 15, 400  # in a thousand
ECARTS = (-24_000, -12_000, -8_000, 5_000, 15_000)
PRIMES = (10_000, 25_000, 40_000)
DUREES = (1, 1, 2, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Absence:
    """Working days not worked: `motif` is of S21.G00.60.001 (01) or of S21.G00.65.001."""

    motif: str
    debut: date
    fin: date
    jours: int


@dataclass(frozen=True, slots=True)
class Regularisation:
    """A difference (cents) on the bases of a past month, `crm` the report that asked for it."""

    mois: Mois
    ecart: int
    crm: str | None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What is declared of one employee; `brut` and `prime` in cents, the premium in the gross.

    `heures`: worked, in hundredths, when they are not those of the days of presence.
    """

    salarie: Salarie
    mois: Mois
    debut: date
    fin: date
    brut: int
    prime: int
    absence: Absence | None
    regularisation: Regularisation | None
    heures: int | None = None

    @property
    def base_conges(self) -> int:
        """Base 20 of the month, cents: the gross pay, zero for an apprentice."""
        return 0 if self.salarie.apprenti else self.brut

    def bases(self) -> list[tuple[Mois, int]]:
        """Bases 20 that the CNETP calls, by month they belong to."""
        if self.salarie.caisse != CNETP:
            return []
        bases = [(self.mois, self.base_conges)]
        if self.regularisation:
            bases.append((self.regularisation.mois, self.regularisation.ecart))
        return bases


def working_days(debut: date, fin: date) -> list[date]:
    """Days from Monday to Friday between two days, both included."""
    jours = (debut + timedelta(days=n) for n in range((fin - debut).days + 1))
    return [jour for jour in jours if jour.weekday() < SAMEDI]


def draw_bulletin(rng: Random, salarie: Salarie, mois: Mois) -> Bulletin:
    """The pay of an employee who is present in the month."""
    debut = max(salarie.debut, mois.first_day)
    fin = min(salarie.fin or mois.last_day, mois.last_day)
    absence = _draw_absence(rng, salarie, working_days(debut, fin))
    prime = rng.choice(PRIMES) if happens(rng, PART_PRIME) and not salarie.apprenti else 0
    jours = (fin - debut).days + 1
    plein = salarie.salaire * jours // mois.last_day.day
    retenue = absence.jours * salarie.salaire // JOURS_OUVRES if absence else 0
    return Bulletin(
        salarie=salarie,
        mois=mois,
        debut=debut,
        fin=fin,
        brut=max(0, plein - retenue) + prime,
        prime=prime,
        absence=absence,
        regularisation=_draw_regularisation(rng, salarie, mois),
    )


def correct(rng: Random, bulletins: Sequence[Bulletin]) -> list[Bulletin]:
    """The same month declared again, with a premium forgotten for one employee in four."""
    return [
        replace(b, brut=b.brut + 2_500) if not b.salarie.apprenti and happens(rng, 250) else b
        for b in bulletins
    ]


def _draw_absence(rng: Random, salarie: Salarie, jours: list[date]) -> Absence | None:
    ouvrier = salarie.emploi.categorie == "ouvrier"
    motif = rng.choice((MALADIE, CONGES, INTEMPERIES) if ouvrier else (MALADIE, CONGES))
    if motif == MALADIE:  # the last day worked, the one before, is a day of the contract
        jours = [jour for jour in jours if jour > salarie.debut]
    if not jours or not happens(rng, PART_ABSENCE):
        return None
    rang = rng.randrange(len(jours))
    pris = jours[rang : rang + rng.choice(DUREES)]
    return Absence(motif, pris[0], pris[-1], len(pris))


def _draw_regularisation(rng: Random, salarie: Salarie, mois: Mois) -> Regularisation | None:
    """A correction of the month before, when the contract ran then."""
    passe = mois.previous()
    tirage = happens(rng, PART_REGULARISATION)
    if not tirage or salarie.apprenti or salarie.debut >= passe.first_day:
        return None
    crm = f"CRM{passe.annee}{passe.numero:02}{rng.randrange(10_000):04}"
    return Regularisation(passe, rng.choice(ECARTS), crm if happens(rng, PART_CRM) else None)
