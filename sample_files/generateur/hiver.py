"""A winter of one company, from its declarations: heat in August, frost, snow, wind, and its DSN.

Two sites, three employees who are stopped, twelve who are not and share the rest of the wages, so
that the bases of bad weather are round. A declaration comes too late, another is replaced, an
employee uses the last of his 55 indemnities, another is stopped on both sites one day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture import write_fixe
from sample_files.generateur.bulletins import INTEMPERIES, Absence, Bulletin, working_days
from sample_files.generateur.carrieres import Salarie
from sample_files.generateur.declarations import ENTIERE, NORMALE, Declaration, write_message
from sample_files.generateur.entreprises import Entreprise
from sample_files.generateur.equipe import CONVENTION, RANG, Membre, build_entreprise, hire
from sample_files.generateur.individus import PLAFONDS
from sample_files.generateur.listes import read_emplois
from sample_files.generateur.meteo import Meteo
from sample_files.generateur.registre import Profil, render_registre
from specs.periodes import Mois

AVRIL, MAI = Mois(2025, 4), Mois(2026, 5)
# Bases 34 of the company, euros, from April to March: 510 000 in all; then of the two months that
# pass until its refunds are final.
BASES = (41_000, 42_000, 43_500, 45_500, 36_000, 43_000, 44_000, 41_000, 38_500, 40_000, 46_500,
         49_000, 44_000, 44_000)  # fmt: skip
COLLEGUES, SANS_LIMITE = 12, date(2015, 1, 5)
MOIS_CENTIEMES = 15_167
METEO: Meteo = {
    "vigilances_canicule": [
        {"departement": "69", "jour": date(2025, 8, jour), "niveau": niveau}
        for jour, niveau in ((11, "J"), (12, "O"), (13, "O"), (14, "J"))
    ]
}
RELEVEMENT: Meteo = {
    "coefficients_canicule": [
        {"campagne": "2025-26", "publie_le": date(2026, 7, 1), "coefficient_ppm": 750_000}
    ]
}


@dataclass(frozen=True, slots=True)
class Arrete:
    """An employee: hourly wage (ten-thousandths), indemnities elsewhere, contract, absences."""

    membre: Membre
    taux: int
    ij_avant: int = 0
    debut: date = SANS_LIMITE
    fin: date | None = None
    absences: Mapping[str, tuple[date, date]] = field(default_factory=dict)


def _ouvrier(nom: str, prenom: str, naissance: date, taux: int) -> Membre:
    mensuel = taux * MOIS_CENTIEMES // 10_000
    return Membre(nom, prenom, "1", naissance, read_emplois("ouvrier")[4], 10, mensuel)


ARRETES: Mapping[str, Arrete] = MappingProxyType(
    {
        "P1": Arrete(
            _ouvrier("PREMIER", "PAUL", date(1985, 6, 14), 150_000),
            150_000,
            absences={
                "2025-08": (date(2025, 8, 12), date(2025, 8, 13)),
                "2025-11": (date(2025, 11, 24), date(2025, 11, 28)),
                "2025-12": (date(2025, 12, 22), date(2025, 12, 22)),
                "2026-01": (date(2026, 1, 5), date(2026, 1, 7)),
            },
        ),
        "P2": Arrete(
            _ouvrier("DEUXIEME", "DENIS", date(1979, 2, 3), 185_000),
            185_000,
            absences={
                "2025-08": (date(2025, 8, 12), date(2025, 8, 13)),
                "2025-11": (date(2025, 11, 24), date(2025, 11, 28)),
                "2026-01": (date(2026, 1, 5), date(2026, 1, 6)),
            },
        ),
        "P3": Arrete(
            _ouvrier("TROISIEME", "THIERRY", date(1990, 11, 21), 450_000),
            450_000,
            ij_avant=40,
            debut=date(2025, 11, 3),
            fin=date(2026, 1, 30),
            absences={"2025-12": (date(2025, 12, 1), date(2025, 12, 23))},
        ),
    }
)
NORD = {"site_id": "CH-N", "site_name": "CHANTIER NORD", "site_insee": "69123", "site_dept": "69"}
SUD = {"site_id": "CH-S", "site_name": "CHANTIER SUD", "site_insee": "38185", "site_dept": "38"}
Jour = tuple[date, int, int, int]  # day, hours lost, waiting, indemnified, in hundredths


@dataclass(frozen=True, slots=True)
class Arret:
    """A declaration as the company writes it: where, why, when, who lost what; `recu` that day.

    `salaries`: days and indemnity (cents) by employee. `remplace`: reference of a file.
    """

    cle: str
    recu: date
    lieu: Mapping[str, str]
    cause: str
    debut: date
    reprise: date
    salaries: Mapping[str, tuple[int, tuple[Jour, ...]]]
    horaire: int = 700
    heures: tuple[str, str] = ("0730", "0730")
    remplace: str | None = None
    reference: str | None = None

    @property
    def file_id(self) -> str:
        """Reference of its file."""
        return self.reference or self.cle


def _days(premier: date, *heures: tuple[int, int]) -> tuple[Jour, ...]:
    """Working days from `premier` on: hours lost and waiting of each, the rest indemnified."""
    jours = working_days(premier, premier + timedelta(days=60))
    return tuple(
        (jour, perdues, carence, perdues - carence)
        for jour, (perdues, carence) in zip(jours, heures, strict=False)
    )


PLEIN, AVEC_CARENCE = (700, 0), (700, 100)
SEMAINE = (AVEC_CARENCE, *[PLEIN] * 4)
GEL = ((800, 100), (800, 0), (800, 0))
ARRETS: tuple[Arret, ...] = (
    Arret(
        "D1", date(2025, 8, 20), NORD, "CA", date(2025, 8, 12), date(2025, 8, 14),
        {
            "P1": (7_875, _days(date(2025, 8, 12), (400, 100), (400, 0))),
            "P2": (9_713, _days(date(2025, 8, 12), (400, 100), (400, 0))),
        },
    ),
    Arret(
        "D3", date(2025, 12, 23), SUD, "NE", date(2025, 12, 1), date(2025, 12, 22),
        {"P3": (271_440, _days(date(2025, 12, 1), AVEC_CARENCE, *[PLEIN] * 14))},
    ),
    Arret(
        "D2", date(2026, 1, 2), NORD, "PL", date(2025, 11, 24), date(2025, 12, 1),
        {
            "P1": (38_250, _days(date(2025, 11, 24), *SEMAINE)),
            "P2": (47_175, _days(date(2025, 11, 24), *SEMAINE)),
        },
    ),
    Arret(
        "D4", date(2026, 1, 5), SUD, "NE", date(2025, 12, 22), date(2025, 12, 24),
        {
            "P1": (6_750, _days(date(2025, 12, 22), AVEC_CARENCE)),
            "P3": (0, ((date(2025, 12, 22), 700, 100, 0), (date(2025, 12, 23), 700, 0, 0))),
        },
    ),
    Arret(
        "D5", date(2026, 1, 12), NORD, "GE", date(2026, 1, 5), date(2026, 1, 8),
        {
            "P1": (25_875, _days(date(2026, 1, 5), *GEL)),
            "P2": (31_913, _days(date(2026, 1, 5), *GEL)),
        },
        horaire=800,
    ),
    Arret(
        "D5", date(2026, 1, 14), NORD, "GE", date(2026, 1, 5), date(2026, 1, 8),
        {
            "P1": (25_875, _days(date(2026, 1, 5), *GEL)),
            "P2": (20_813, _days(date(2026, 1, 5), *GEL[:2])),
        },
        horaire=800, remplace="D5", reference="D5-CORRIGE",
    ),
    Arret(
        "D6", date(2026, 2, 2), NORD, "VT", date(2026, 1, 26), date(2026, 1, 26),
        {"P1": (5_625, ((date(2026, 1, 26), 600, 100, 500),))},
        horaire=1_100, heures=("0600", "1200"),
    ),
    Arret(
        "D7", date(2026, 2, 2), SUD, "VT", date(2026, 1, 26), date(2026, 1, 26),
        {"P1": (4_500, ((date(2026, 1, 26), 500, 0, 400),))},
        horaire=1_100, heures=("1300", "1800"),
    ),
)  # fmt: skip


def build_societe() -> Entreprise:
    """The company of the examples, its head office alone."""
    entreprise = build_entreprise()
    return replace(entreprise, etablissements=(entreprise.siege,))


def write_registre() -> bytes:
    """The company, its conventions since before the winter, and the warnings of August."""
    profil = Profil(
        mandats=False, groupe=False, adhesion=False, zero_papier=False, mandataire=False,
        convention=CONVENTION,
    )  # fmt: skip
    return render_registre([(build_societe(), profil)], METEO).replace(b"2026-01-01", b"2025-01-01")


def list_declarations() -> Iterator[Declaration]:
    """Its monthly declarations."""
    for mois, base in zip(Mois.range(AVRIL, MAI), BASES, strict=True):
        societe = build_societe()
        yield Declaration(
            entreprise=societe,
            etablissement=societe.siege,
            mois=mois,
            type=NORMALE,
            fraction=ENTIERE,
            ordre=1,
            constitution=mois.next().first_day.replace(day=2),
            bulletins=tuple(_list_bulletins(mois, base * 100)),
        )


def _list_bulletins(mois: Mois, base: int) -> Iterator[Bulletin]:
    """The pays of the month, whose bases 34 make `base`."""
    reste = base
    for cle in ARRETES:
        salarie = hire_arrete(cle)
        if salarie.is_present(mois):
            bulletin = _pay(salarie, mois, _paid(salarie, mois), ARRETES[cle].absences)
            reste -= min(bulletin.brut, PLAFONDS[mois.annee])
            yield bulletin
    for rang in range(COLLEGUES):
        part = reste // COLLEGUES + (rang < reste % COLLEGUES)
        yield _pay(_hire_collegue(rang), mois, part, {})


def hire_arrete(cle: str) -> Salarie:
    """An employee who is stopped, on his contract."""
    arrete = ARRETES[cle]
    return replace(hire(arrete.membre, int(cle[1:]), RANG, arrete.debut), fin=arrete.fin)


def _hire_collegue(rang: int) -> Salarie:
    naissance = date(1970 + rang, rang + 1, 9)
    membre = _ouvrier(f"COLLEGUE {'ABCDEFGHIJKL'[rang]}", "CLAUDE", naissance, 170_000)
    return hire(membre, 11 + rang, RANG, SANS_LIMITE)


def _paid(salarie: Salarie, mois: Mois) -> int:
    """The wage of the days of the month in which the contract runs."""
    debut, fin = _bounds(salarie, mois)
    return salarie.salaire * ((fin - debut).days + 1) // mois.last_day.day


def _bounds(salarie: Salarie, mois: Mois) -> tuple[date, date]:
    return (
        max(salarie.debut, mois.first_day),
        min(salarie.fin or mois.last_day, mois.last_day),
    )


def _pay(
    salarie: Salarie, mois: Mois, brut: int, absences: Mapping[str, tuple[date, date]]
) -> Bulletin:
    debut, fin = _bounds(salarie, mois)
    periode = absences.get(str(mois))
    absence = Absence(INTEMPERIES, *periode, len(working_days(*periode))) if periode else None
    return Bulletin(salarie, mois, debut, fin, brut, 0, absence, None)


def write_arret(arret: Arret, e: Entreprise | None = None, mode: str = "R") -> tuple[str, bytes]:
    """Name and bytes of the file of a declaration, in the fixed form; `e`: another company."""
    societe = e or build_societe()
    cree = f"{arret.recu:%Y%m%d}180000"
    convention = f"{societe.rang:07}" if e else CONVENTION
    entete = {
        "mode": mode,
        "convention": convention,
        "siren": societe.siren,
        "file_id": arret.file_id,
        "created": cree,
        "operation": "R" if arret.remplace else "N",
        "replaces": arret.remplace,
        "software": "CAISSE-GENERATEUR",
    }
    connus = {nom: valeur for nom, valeur in entete.items() if valeur is not None}
    fichier = compose_rows("ARI", connus, list(_list_lignes(arret, societe)))
    numero = ARRETS.index(arret) + 1 if arret in ARRETS else 1
    return f"ARI_{mode}_{convention}_{cree}_{numero:04}.txt", write_fixe(fichier)


def _list_lignes(arret: Arret, e: Entreprise) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stop (30), each employee (31) with his days (32)."""
    commun = {"decl_id": arret.cle, "stop_no": "01"}
    alerte = {"alert_kind": "V", "alert_level": "O", "alert_ref": "2025-0812-06"}
    yield "30", {
        **commun, **arret.lieu,
        "siret": e.siege.siret, "work_cat": "G", "cause": arret.cause,
        "work_nature": "VOIR", "stop_date": arret.debut, "stop_time": arret.heures[0],
        "resume_date": arret.reprise, "resume_time": arret.heures[1],
        "public_contract": "O", "cse_consulted": "X", "n_workers": len(arret.salaries),
        **(alerte if arret.cause == "CA" else {}),
    }  # fmt: skip
    for cle, (indemnite, jours) in arret.salaries.items():
        yield from _list_jours(arret, cle, indemnite, jours, commun)


def _list_jours(
    arret: Arret, cle: str, indemnite: int, jours: tuple[Jour, ...], commun: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    salarie, arrete = hire_arrete(cle), ARRETES[cle]
    personne = salarie.personne
    qui = {"nir": personne.nir, "matricule": salarie.matricule}
    yield "31", {
        "decl_id": arret.cle, **qui, "nir_key": f"{97 - int(personne.nir) % 97:02}",
        "surname": personne.nom, "first_name": personne.prenom, "birth": personne.naissance,
        "category": "O", "hire_date": salarie.debut, "rate": arrete.taux,
        "ij_before": arrete.ij_avant, "hours_2m": 30_000, "indemnity": indemnite,
        "csg_crds": indemnite * 67 * 9_825 // 10_000_000, "certified": "O",
    }  # fmt: skip
    for jour, perdues, carence, indemnisees in jours:
        yield "32", {
            **commun, **qui, "date": jour, "schedule": arret.horaire, "lost": perdues,
            "waiting": carence, "indemnified": indemnisees,
        }  # fmt: skip


def write_dsn(declaration: Declaration) -> tuple[str, bytes]:
    """Name and bytes of a monthly declaration."""
    return f"{declaration.mois}.dsn", write_message([declaration], essai=False)
