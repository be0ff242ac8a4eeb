"""One year of one company: three establishments that join the fund in June 2025.

Wages are chosen so that the company stays under its weather abatement until August and crosses it
in September, when a site opens; November corrects July. Amounts in cents.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sample_files.generateur.bulletins import Bulletin, Regularisation
from sample_files.generateur.carrieres import Salarie
from sample_files.generateur.declarations import (
    ENTIERE,
    NORMALE,
    SANS_INDIVIDU,
    Declaration,
    write_message,
)
from sample_files.generateur.entreprises import (
    LF,
    Entreprise,
    Etablissement,
    compute_siren,
    compute_siret,
)
from sample_files.generateur.equipe import Membre, hire
from sample_files.generateur.listes import read_communes, read_emplois
from specs.periodes import Mois

RANG, LIEUX = 9_002, 3
ADHESION = Mois(2025, 6)
OUVERTURE = Mois(2025, 9)  # the third establishment hires its people
CORRIGE, CORRIGEANT, ECART = Mois(2025, 7), Mois(2025, 11), -12_000
INTERIM = Mois(2025, 10), 12_000  # hundredths of an hour of temporary workers, at the head office


def build_entreprise() -> Entreprise:
    """The company: a head office and two sites, one management centre each."""
    siren = compute_siren(RANG)
    lieux = tuple(
        Etablissement(
            rang=rang,
            siret=compute_siret(siren, rang),
            cdg=f"C{RANG}{rang:02}",
            ape="4312A",
            voie=f"{rang} QUAI DES ÉCLUSES",
            commune=read_communes()[rang],
            effectif=2,
        )
        for rang in range(1, LIEUX + 1)
    )
    return Entreprise(RANG, siren, f"A{RANG:05}", "TERRASSEMENTS EXEMPLE", LF, lieux)


def build_salaries() -> dict[int, tuple[Salarie, ...]]:
    """Employees by rank of establishment."""
    ouvriers, etam, cadres = (read_emplois(c) for c in ("ouvrier", "etam", "cadre"))
    debut, ouverture = ADHESION.first_day, OUVERTURE.first_day
    equipe = (
        (1, Membre("EXEMPLE", "CLAIRE", "2", date(1980, 4, 3), cadres[0], 0, 280_000), debut),
        (1, Membre("MODÈLE", "HUGO", "1", date(1995, 8, 21), etam[0], 0, 205_000), debut),
        (2, Membre("PATRON", "IDRISS", "1", date(1988, 12, 9), ouvriers[4], 0, 215_000), debut),
        (3, Membre("GABARIT", "LÉA", "2", date(1991, 2, 17), ouvriers[5], 0, 230_000), ouverture),
        (3, Membre("CALIBRE", "NOÉ", "1", date(1984, 10, 5), ouvriers[6], 0, 240_000), ouverture),
    )
    employes = [(lieu, hire(m, rang, RANG, jour)) for rang, (lieu, m, jour) in enumerate(equipe, 1)]
    return {n: tuple(s for lieu, s in employes if lieu == n) for n in range(1, LIEUX + 1)}


def build_declarations(mois: Mois) -> list[Declaration]:
    """Declarations of a month, one an establishment; without anyone, a neant."""
    entreprise, salaries = build_entreprise(), build_salaries()
    return [
        _declaration(entreprise, etablissement, mois, salaries[etablissement.rang])
        for etablissement in entreprise.etablissements
    ]


def write_fichiers(mois: Mois) -> dict[str, bytes]:
    """Files that the company drops for a month, by name."""
    return {
        f"{d.etablissement.siret}_{mois}.dsn": write_message([d], essai=False)
        for d in build_declarations(mois)
    }


def _declaration(
    entreprise: Entreprise, etablissement: Etablissement, mois: Mois, salaries: tuple[Salarie, ...]
) -> Declaration:
    bulletins = [_bulletin(salarie, mois) for salarie in salaries if salarie.is_present(mois)]
    if mois == CORRIGEANT and etablissement == entreprise.siege:
        correction = Regularisation(CORRIGE, ECART, None)
        bulletins[1] = replace(bulletins[1], regularisation=correction)
    interim = mois == INTERIM[0] and etablissement == entreprise.siege
    return Declaration(
        entreprise=entreprise,
        etablissement=etablissement,
        mois=mois,
        type=NORMALE if bulletins else SANS_INDIVIDU,
        fraction=ENTIERE,
        ordre=1,
        constitution=mois.next().first_day.replace(day=2),
        bulletins=tuple(bulletins),
        interim=INTERIM[1] if interim else 0,
    )


def _bulletin(salarie: Salarie, mois: Mois) -> Bulletin:
    return Bulletin(
        salarie=salarie,
        mois=mois,
        debut=max(salarie.debut, mois.first_day),
        fin=mois.last_day,
        brut=salarie.salaire,
        prime=0,
        absence=None,
        regularisation=None,
    )
