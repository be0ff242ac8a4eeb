"""What an employee acquires of leave a second time, slowly, in exact fractions.

Written from the text of the rules (Code du travail, L3141-3 to L3141-24; the three conventions of
public works; the settled choices), one employee and one day at a time; it shares nothing with the
rules it checks.

    >>> contrat = Contrat("1", "", "01", "O", date(2025, 4, 14), dits=("2025-04",))
    >>> compute_exercice(Carriere(contrats=[contrat]), 2026).travail
    Fraction(15, 26)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

NATURES = {
    ("ARRET", "01"): "M",
    **{("ARRET", code): "A" for code in ("04", "05", "06")},
    **{("ARRET", code): "N" for code in ("02", "03", "07", "09", "19")},
    **{("ARRET", code): "T" for code in ("15", "16", "17", "18")},
    ("SUSPENSION", "200"): "P",
    **{("SUSPENSION", code): "I" for code in ("507", "602")},
    **{("SUSPENSION", code): "T" for code in ("301", "609", "618", "637", "638")},
}
ORDRE = "CPANMXIT"
FORFAITS = {"O": Fraction(12, 10), "E": Fraction(15, 10), "C": Fraction(12, 10)}
PLEIN = Fraction("151.67")
LOI = 2025  # first leave year in which sickness gives days
# Legal holidays (L3133-1) of March and April; in Alsace and Moselle, Good Friday too (L3134-13).
LUNDIS_DE_PAQUES = {date(2023, 4, 10), date(2024, 4, 1), date(2025, 4, 21), date(2026, 4, 6)}
VENDREDIS_SAINTS = {jour - timedelta(3) for jour in LUNDIS_DE_PAQUES}
ALSACE_MOSELLE = {"57", "67", "68"}
UN_JOUR = timedelta(1)


@dataclass(frozen=True)
class Contrat:
    """A contract told by the DSN of the months `dits`."""

    siren: str
    cdg: str
    numero: str
    categorie: str
    debut: date
    fin: date | None = None
    dits: tuple[str, ...] = ()
    plein: bool = True


@dataclass(frozen=True)
class Absence:
    """Days that a contract, or a certificate by its reference, is stopped."""

    siren: str
    numero: str
    origine: str
    code: str
    debut: date
    fin: date

    @property
    def nature(self) -> str:
        """The nature of its days."""
        return NATURES.get((self.origine, self.code), "X")


@dataclass(frozen=True)
class Cert:
    """A certificate in months or in hours, of an establishment that no DSN tells."""

    siren: str
    reference: str
    categorie: str
    debut: date
    fin: date
    unite: str
    mois: Fraction
    heures: Fraction
    brut: int
    salaire: int
    jours_ailleurs: Fraction = Fraction(0)
    heures_intemperies: Fraction = Fraction(0)
    termine: bool = False


@dataclass(frozen=True)
class Conge:
    """Leave that the fund paid."""

    debut: date
    fin: date
    legaux: Fraction
    indemnite: int
    departement: str = ""


@dataclass
class Carriere:
    """An employee: money in centimes, hours exact. `bases`, `heures`: by siren and month."""

    contrats: list[Contrat] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    certs: list[Cert] = field(default_factory=list)
    conges: list[Conge] = field(default_factory=list)
    bases: dict[tuple[str, str], int] = field(default_factory=dict)
    heures: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    partielles: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    intemperies: dict[tuple[str, int], Fraction] = field(default_factory=dict)


@dataclass
class Acquis:
    """What a leave year gives."""

    travail: Fraction = Fraction(0)
    maladie: Fraction = Fraction(0)
    assimiles: Fraction = Fraction(0)
    presence: Fraction = Fraction(0)
    forfait: Fraction = Fraction(0)
    retenus: Fraction = Fraction(0)
    seuil: Fraction = Fraction(0)
    jours: int = 0
    dixieme_seul: bool = False
    categorie: str = ""
    siren: str = ""
    brut: int = 0
    precedente: int = 0
    r: int | None = None


def days(debut: date, fin: date) -> Iterator[date]:
    """Every day from one to the other."""
    jour = debut
    while jour <= fin:
        yield jour
        jour += UN_JOUR


def ouvrables(debut: date, fin: date) -> int:
    """Days from Monday to Saturday, holidays included."""
    return sum(1 for jour in days(debut, fin) if jour.isoweekday() < 7)


@cache
def bounds(mois: str) -> tuple[date, date]:
    """First and last day of a month."""
    annee, numero = int(mois[:4]), int(mois[5:])
    suivant = date(annee + numero // 12, numero % 12 + 1, 1)
    return date(annee, numero, 1), suivant - UN_JOUR


@cache
def weight(mois: str) -> Fraction:
    """What a day from Monday to Saturday is of its month."""
    return Fraction(1, ouvrables(*bounds(mois)))


def exercice_of(jour: date) -> int:
    """The leave year of a day."""
    return jour.year + (jour.month > 3)


def name(jour: date) -> str:
    """The month of a day."""
    return f"{jour:%Y-%m}"


class Lecture:
    """The natures of the days of one employee in one leave year."""

    def __init__(self, carriere: Carriere, exercice: int) -> None:
        """Read which days of leave another fund paid, oldest first."""
        self.carriere, self.exercice = carriere, exercice
        self.debut, self.fin = date(exercice - 1, 4, 1), date(exercice, 3, 31)
        self.lues: dict[tuple[str, str, date], str] = {}
        impayes = {
            jour
            for siren, numero, jour in self.told()
            if jour.isoweekday() < 7 and self.first(siren, numero, jour) == "P"
        }
        ailleurs = sum(c.jours_ailleurs for c in self.certs())
        self.payes = set(sorted(impayes)[: math.floor(ailleurs)])

    def certs(self) -> list[Cert]:
        """Certificates of the leave year."""
        return [c for c in self.carriere.certs if exercice_of(c.fin) == self.exercice]

    def told(self) -> Iterator[tuple[str, str, date]]:
        """Days of contracts in months told, then those of certificates."""
        for contrat in self.carriere.contrats:
            for jour in self.of_contract(contrat):
                yield contrat.siren, contrat.numero, jour
        for cert in self.certs():
            for jour in days(cert.debut, cert.fin):
                yield cert.siren, cert.reference, jour

    def of_contract(self, contrat: Contrat) -> Iterator[date]:
        """Days of a contract, in the months that its DSN tell."""
        for mois in contrat.dits:
            premier, dernier = bounds(mois)
            if self.debut <= premier <= self.fin:
                yield from days(max(premier, contrat.debut), min(dernier, contrat.fin or dernier))

    def first(self, siren: str, numero: str, jour: date) -> str:
        """The first nature that fits a day, as it was read before if it was."""
        cle = (siren, numero, jour)
        if cle not in self.lues:
            self.lues[cle] = self.read(siren, numero, jour)
        return self.lues[cle]

    def read(self, siren: str, numero: str, jour: date) -> str:
        """The first nature that fits a day."""
        trouvees = {
            a.nature
            for a in self.carriere.absences
            if (a.siren, a.numero) == (siren, numero) and a.debut <= jour <= a.fin
        }
        if any(c.debut <= jour <= c.fin for c in self.carriere.conges):
            trouvees.add("C")
        return min(trouvees, key=ORDRE.index, default="")

    def nature(self, siren: str, numero: str, jour: date) -> str:
        """The nature of a day: a leave paid elsewhere is C, one paid by nobody is work."""
        nature = self.first(siren, numero, jour)
        if nature == "P":
            return "C" if jour in self.payes else "T"
        return "T" if nature == "I" else nature


def fill(parts: dict[str, Fraction], limite: Fraction) -> dict[str, Fraction]:
    """Months filled up to `limite`, work first, then N, A and M."""
    remplies = {}
    for nature in "TNAM":
        remplies[nature] = min(parts.get(nature, Fraction(0)), limite)
        limite -= remplies[nature]
    return remplies


def add_up(lecture: Lecture) -> dict[str, Fraction]:
    """T, N, A, M of the leave year, and PRESENCE."""
    par_mois: dict[str, dict[str, Fraction]] = {}
    presences: dict[str, Fraction] = {}
    certifies: dict[str, Fraction] = {}
    touches: set[str] = set()
    for cert in lecture.certs():
        touches |= {name(jour) for jour in days(cert.debut, cert.fin)}
        temps = cert.mois
        if cert.unite == "H":
            temps = (cert.heures + cert.heures_intemperies) / 150
        certifies["T"] = certifies.get("T", Fraction(0)) + temps
    references = {c.reference: c for c in lecture.certs()}
    for siren, numero, jour in lecture.told():
        if jour.isoweekday() == 7:
            continue
        mois = name(jour)
        part = weight(mois)
        presences[mois] = presences.get(mois, Fraction(0)) + part
        cert_ = references.get(numero)
        nature = lecture.nature(siren, numero, jour)
        if cert_ is None:
            nature = nature or "T"
        elif cert_.unite == "H" and nature not in {"A", "N", "M"}:
            continue
        ou = certifies if mois in touches else par_mois.setdefault(mois, {})
        ou[nature] = ou.get(nature, Fraction(0)) + part
    sommes = [fill(parts, Fraction(1)) for parts in par_mois.values()]
    sommes.append(fill(certifies, Fraction(len(touches))))
    total = {n: sum((s[n] for s in sommes), Fraction(0)) for n in "TNAM"}
    total["PRESENCE"] = sum((min(p, Fraction(1)) for p in presences.values()), Fraction(0))
    return total


def last_employer(lecture: Lecture) -> tuple[str, str, bool]:
    """SIREN, category, full time: of who employed on the latest day of the period."""
    choix = []
    for contrat in lecture.carriere.contrats:
        dits = [m for m in contrat.dits if lecture.debut <= bounds(m)[0] <= lecture.fin]
        if dits:
            jusque = min(contrat.fin or lecture.fin, lecture.fin)
            rang = (jusque, max(dits), contrat.debut, contrat.numero)
            choix.append((rang, contrat.siren, contrat.categorie, contrat.plein))
    for cert in lecture.certs():
        jusque = cert.fin if cert.termine else lecture.fin
        rang = (jusque, name(cert.fin), cert.debut, cert.reference)
        choix.append((rang, cert.siren, cert.categorie, True))
    tard = max(rang[0] for rang, *_ in choix)
    bruts = gross(lecture)
    derniers = {siren for rang, siren, *_ in choix if rang[0] == tard}
    siren = min(derniers, key=lambda s: (-bruts.get(s, 0), s))
    _, _, categorie, plein = max(c for c in choix if c[1] == siren)
    return siren, categorie, plein


def gross(lecture: Lecture) -> dict[str, int]:
    """Gross wages of each employer."""
    bruts: dict[str, int] = {}
    for (siren, mois), base in lecture.carriere.bases.items():
        if lecture.debut <= bounds(mois)[0] <= lecture.fin:
            bruts[siren] = bruts.get(siren, 0) + base
    for cert in lecture.certs():
        bruts[cert.siren] = bruts.get(cert.siren, 0) + cert.brut
    return bruts


def last_pay(lecture: Lecture, siren: str) -> int | None:
    """R: the base of the last month that is whole and undisturbed, else that of a certificate."""
    siens = [c for c in lecture.carriere.contrats if c.siren == siren]
    for mois in sorted((m for s, m in lecture.carriere.bases if s == siren), reverse=True):
        premier, dernier = bounds(mois)
        if not lecture.debut <= premier <= lecture.fin:
            continue
        couvrent = [c for c in siens if mois in c.dits]
        entier = any(c.debut <= premier and (c.fin is None or c.fin >= dernier) for c in couvrent)
        troubles = {
            lecture.first(siren, c.numero, jour)
            for c in couvrent
            for jour in days(max(premier, c.debut), min(dernier, c.fin or dernier))
            if jour.isoweekday() < 7
        }
        base = lecture.carriere.bases[siren, mois]
        if entier and troubles <= {"", "T"} and base > 0:
            return base
    certs = sorted((c for c in lecture.certs() if c.siren == siren), key=lambda c: c.fin)
    return certs[-1].salaire if certs else None


def execution(lecture: Lecture) -> int:
    """Calendar days under contract, less those of sickness and those that do not count."""
    return len(
        {
            jour
            for siren, numero, jour in lecture.told()
            if lecture.nature(siren, numero, jour) not in {"M", "X"}
        }
    )


def compute_exercice(carriere: Carriere, exercice: int) -> Acquis | None:
    """The leave year of an employee; None when nothing is told of it."""
    lecture = Lecture(carriere, exercice)
    if not any(True for _ in lecture.told()):
        return None
    temps, acquis = add_up(lecture), Acquis()
    acquis.siren, acquis.categorie, plein = last_employer(lecture)
    acquis.assimiles = temps["N"] + temps["A"]
    acquis.travail = temps["T"] + acquis.assimiles
    acquis.maladie, acquis.presence = temps["M"], temps["PRESENCE"]
    acquis.brut = sum(gross(lecture).values())
    acquis.r = last_pay(lecture, acquis.siren)
    acquis.precedente = earned(lecture)
    intemperies = weather(lecture)
    heures, partielles = hours(lecture)
    absences = PLEIN * (acquis.maladie + acquis.assimiles)
    acquis.seuil = heures + absences + intemperies * 3 / 4 + min(partielles, Fraction(75))
    petites = heures + absences + intemperies * 3 / 4 + partielles
    dites = heures > 0 or acquis.travail == 0
    if acquis.categorie == "O" and plein and dites and petites < 150:
        acquis.jours = 0 if petites < 63 else 1 if petites < 126 else 2
        acquis.dixieme_seul = petites < 63
    else:
        acquis.forfait = FORFAITS[acquis.categorie] * min(Fraction(1), paid(lecture) / 30)
    acquis.retenus = max(
        Fraction(0),
        acquis.travail - intemperies / 4 / 150 + acquis.forfait + sickness(acquis, lecture),
    )
    if not (acquis.categorie == "O" and plein and dites and petites < 150):
        acquis.jours = min(30, math.ceil(acquis.retenus * 5 / 2))
    return acquis


def sickness(acquis: Acquis, lecture: Lecture) -> Fraction:
    """Sickness in months: two days a month, 24 at most; whole after 120 days of ETAM and cadres."""
    if acquis.categorie != "O" and acquis.maladie > 0 and execution(lecture) >= 120:
        return acquis.maladie
    if lecture.exercice < LOI:
        return Fraction(0)
    return min(Fraction(24), 2 * acquis.maladie) / Fraction(5, 2)


def weather(lecture: Lecture) -> Fraction:
    """Hours indemnified: the regime's, else those that a certificate tells of the employer."""
    connues = {
        siren: h for (siren, annee), h in lecture.carriere.intemperies.items()
        if annee == lecture.exercice
    }  # fmt: skip
    dites = [c.heures_intemperies for c in lecture.certs() if c.siren not in connues]
    return sum(connues.values(), Fraction(0)) + sum(dites, Fraction(0))


def hours(lecture: Lecture) -> tuple[Fraction, Fraction]:
    """Hours worked, hours of short-time working."""
    sommes = [
        sum(
            (h for (_, m), h in table.items() if lecture.debut <= bounds(m)[0] <= lecture.fin),
            Fraction(0),
        )
        for table in (lecture.carriere.heures, lecture.carriere.partielles)
    ]
    return sommes[0] + sum((c.heures for c in lecture.certs()), Fraction(0)), sommes[1]


def paid(lecture: Lecture) -> Fraction:
    """Legal days of leave paid in the period, by this fund and by another."""
    ailleurs = sum((c.jours_ailleurs for c in lecture.certs()), Fraction(0))
    siens = (share(conge, lecture.exercice) for conge in lecture.carriere.conges)
    return ailleurs + sum((jours for jours, _ in siens), Fraction(0))


def earned(lecture: Lecture) -> int:
    """Indemnities of leave paid in the period."""
    return sum(share(conge, lecture.exercice)[1] for conge in lecture.carriere.conges)


def share(conge: Conge, exercice: int) -> tuple[Fraction, int]:
    """Legal days and indemnity of a leave that are of a leave year, by the date of each day (L-60).

    One that crosses 31 March is cut in proportion to its days: what comes before is rounded, to the
    hundredth of a day and to the centime; the rest comes after.
    """
    tous = [jour for jour in days(conge.debut, conge.fin) if is_leave(jour, conge.departement)]
    avant = [jour for jour in tous if exercice_of(jour) == exercice_of(conge.debut)]
    part = Fraction(len(avant), len(tous)) if tous else Fraction(1)
    jours = Fraction(half_up(conge.legaux * 100 * part), 100)
    montant = half_up(conge.indemnite * part)
    if exercice_of(conge.debut) == exercice:
        return jours, montant
    if exercice_of(conge.fin) == exercice:
        return conge.legaux - jours, conge.indemnite - montant
    return Fraction(0), 0


def is_leave(jour: date, departement: str) -> bool:
    """Whether a day is counted as leave: from Monday to Saturday, but on holidays."""
    ferie = jour in LUNDIS_DE_PAQUES or (departement in ALSACE_MOSELLE and jour in VENDREDIS_SAINTS)
    return jour.isoweekday() < 7 and not ferie


def half_up(exact: Fraction) -> int:
    """The nearest integer, the half away from zero; nothing here is negative."""
    return math.floor(exact + Fraction(1, 2))
