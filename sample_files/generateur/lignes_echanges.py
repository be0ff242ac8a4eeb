"""Records of exchange files, drawn from what the DSN of the same company declare.

A record is its code and the values of its fields, as `parsers.echanges.composition` takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sample_files.generateur.bulletins import (
    CONGES,
    INTEMPERIES,
    JOUR_CENTIEMES,
    MALADIE,
    MOIS_CENTIEMES,
    Bulletin,
    working_days,
)
from sample_files.generateur.carrieres import CNETP, Salarie
from sample_files.generateur.declarations import Declaration
from sample_files.generateur.entreprises import Etablissement
from sample_files.generateur.individus import AN, PLAFONDS
from sample_files.generateur.registre import BIC, Profil, compute_iban
from specs.jours_feries import jours_feries
from specs.montants import PPM, round_half_away
from specs.periodes import Mois

Ligne = tuple[str, dict[str, Any]]
Deja = dict[tuple[str, int], int]  # days lost, by employee and civil year
CATEGORIES = {"ouvrier": "O", "etam": "E", "cadre": "C"}
GENRES_ABSENCE = {MALADIE: "A", INTEMPERIES: "S", CONGES: "S"}
CAUSES, VENT = {1: "GE", 2: "NE", 3: "PL", 11: "PL", 12: "VE"}, "VT"  # by month, or else wind
TRAVAUX = {
    "4211Z": "VOIR", "4212Z": "VFER", "4213A": "OUVR", "4221Z": "CANA",
    "4222Z": "ELEC", "4291Z": "MARI", "4312A": "TERR", "4313Z": "FOND",
}  # fmt: skip
PERMANENTS, GROS_OEUVRE, SECOND_OEUVRE = "21", "34", "35"  # codes of bases
EMBAUCHE, CARENCE = "0730", 100  # hundredths of an hour
DUREE, DIMANCHE, UN_JOUR = timedelta(days=14), 7, timedelta(days=1)
# Parts per million: of the wage that is paid, of the benefit that is charged, CSG and CRDS.
TAUX_INDEMNITE, ASSIETTE, CSG, CRDS = 750_000, 982_500, 62_000, 5_000
CENT, MODULO_NIR = 100, 97
COMPTES_ENTREPRISE = 10_000_000  # account numbers of the employees of one company


def compute_taux(salarie: Salarie) -> int:
    """Hourly wage, in ten-thousandths of a euro."""
    return salarie.salaire * CENT * CENT // MOIS_CENTIEMES


def build_certificat(lieu: Etablissement, bulletins: Sequence[Bulletin]) -> Iterator[Ligne]:
    """The certificate (10) of an employee over these months, in order, and absences (11)."""
    salarie, dernier = bulletins[0].salarie, bulletins[-1]
    ouvrier = salarie.emploi.categorie == "ouvrier"
    mois = compute_presence(bulletins)
    reference = f"C{dernier.mois.annee}{dernier.mois.numero:02}-{salarie.matricule}"
    yield (
        "10",
        _build_qui(salarie)
        | {
            "siret": lieu.siret,
            "category": CATEGORIES[salarie.emploi.categorie],
            "cert_ref": reference,
            "from": bulletins[0].debut,
            "to": dernier.fin,
            "unit": "M",
            "months": mois,
            "hours": mois * MOIS_CENTIEMES // CENT if ouvrier else None,
            "gross": sum(b.brut for b in bulletins),
            "avg_wage": salarie.salaire,
            "rate": compute_taux(salarie) if ouvrier else None,
            "schedule": MOIS_CENTIEMES,
            "reason_end": salarie.motif_fin if salarie.fin == dernier.fin else None,
            "entry_firm": salarie.debut,
            "n1_paid": "N",
        },
    )
    for absence in (b.absence for b in bulletins if b.absence):
        yield (
            "11",
            {
                "cert_ref": reference,
                "nir": salarie.personne.nir,
                "matricule": salarie.matricule,
                "abs_kind": GENRES_ABSENCE[absence.motif],
                "abs_code": absence.motif,
                "from": absence.debut,
                "to": absence.fin,
            },
        )


def compute_presence(bulletins: Iterable[Bulletin]) -> int:
    """Months of presence, in hundredths."""
    return sum(((b.fin - b.debut).days + 1) * CENT // b.mois.last_day.day for b in bulletins)


def build_demande(lieu: Etablissement, salarie: Salarie, depart: date, fin: date) -> Ligne:
    """A request (20) of two weeks from a Monday on; seniority is that of the day `fin`."""
    departement = lieu.commune.insee[:2]
    reprise = depart + DUREE
    feries = jours_feries(depart.year, departement) + jours_feries(reprise.year, departement)
    jours = [depart + n * UN_JOUR for n in range(DUREE.days)]
    ouvrables = [j for j in jours if j.isoweekday() != DIMANCHE and j not in feries]
    anciennete = (fin - salarie.debut).days + 1
    unite, entreprise, branche = "J", anciennete, anciennete + salarie.branche * AN
    if anciennete >= AN:
        unite, entreprise, branche = "A", entreprise // AN, branche // AN
    return (
        "20",
        _build_qui(salarie)
        | {
            "req_id": f"R{depart:%Y%m}-{salarie.matricule}",
            "action": "N",
            "from": depart,
            "to": ouvrables[-1],
            "resume": reprise,
            "days": len(ouvrables) * CENT,
            "nature": "CP",
            "avg_wage": salarie.salaire,
            "sen_unit": unite,
            "sen_firm": entreprise,
            "sen_branch": branche,
            "dept": departement,
            "pay_to": "S",
        },
    )


def build_compte(rang: int, salarie: Salarie, effet: date) -> Ligne:
    """The account (40) of an employee of the company of this rank, at the bank of the registry."""
    numero = rang * COMPTES_ENTREPRISE + int(salarie.matricule[1:])
    return (
        "40",
        _build_qui(salarie)
        | {
            "action": "N",
            "iban": compute_iban(numero),
            "bic": BIC,
            "holder": f"{salarie.personne.nom} {salarie.personne.prenom}",
            "holder_is": "T",
            "effective": effet,
            "consent": "O",
        },
    )


def build_arrets(
    lieu: Etablissement, mois: Mois, bulletins: Iterable[Bulletin], profil: Profil, deja: Deja
) -> Iterator[Ligne]:
    """Stops (30), employees (31) and days (32) of the bad weather that these pays bear.

    A declaration a stop; `deja` is brought up to date.
    """
    arretes = [
        (b.absence.debut, b.absence.fin, b.salarie.matricule, b.salarie)
        for b in bulletins
        if b.absence and b.absence.motif == INTEMPERIES
    ]
    groupes = groupby(sorted(arretes, key=itemgetter(0, 1, 2)), key=itemgetter(0, 1))
    for rang, ((debut, fin), groupe) in enumerate(groupes, 1):
        salaries = [arrete[-1] for arrete in groupe]
        declaration = f"I{mois.annee}{mois.numero:02}-{lieu.rang}-{rang:02}"
        yield _build_arret(declaration, lieu, (debut, fin), len(salaries), profil)
        for salarie in salaries:
            yield from _build_arrete(declaration, (debut, fin), salarie, deja)


def build_releve(
    lieu: Etablissement, mois: Mois, declarations: Sequence[Declaration], profil: Profil
) -> Iterator[Ligne]:
    """The wage return (45) that stands for these declarations, and its bases (46)."""
    bulletins = [b for d in declarations for b in list_affilies(d)]
    cle = {"siret": lieu.siret, "month": str(mois)}
    releve = {
        "reason": "NR",
        "n_employees": len(bulletins),
        "hours_temp": sum(d.interim for d in declarations),
        "pay": "O" if profil.mandats else "N",
    }
    yield "45", cle | releve
    sommes: dict[tuple[Mois, str], int] = {}
    for rattachement, code, base in _list_bases(bulletins, profil):
        sommes[rattachement, code] = sommes.get((rattachement, code), 0) + base
    for (rattachement, code), base in sorted(sommes.items()):
        yield "46", cle | {"att_month": str(rattachement), "base_code": code, "base": base}


def list_affilies(declaration: Declaration) -> list[Bulletin]:
    """Pays of the employees of the fund."""
    return [b for b in declaration.bulletins if b.salarie.caisse == CNETP]


def _build_arret(
    declaration: str, lieu: Etablissement, jours: tuple[date, date], nombre: int, profil: Profil
) -> Ligne:
    """The site is in the town of the establishment; work resumes the morning after the last day."""
    debut, fin = jours
    return (
        "30",
        {
            "decl_id": declaration,
            "stop_no": "01",
            "siret": lieu.siret,
            "site_id": f"CH-{lieu.rang:02}",
            "site_name": f"CHANTIER {lieu.commune.localite}",
            "site_insee": lieu.commune.insee,
            "site_dept": lieu.commune.insee[:2],
            "work_cat": "S" if profil.second_oeuvre else "G",
            "cause": CAUSES.get(debut.month, VENT),
            "work_nature": TRAVAUX[lieu.ape],
            "stop_date": debut,
            "stop_time": EMBAUCHE,
            "resume_date": fin + UN_JOUR,
            "resume_time": EMBAUCHE,
            "public_contract": "O",
            "cse_consulted": "X",
            "n_workers": nombre,
        },
    )


def _build_arrete(
    declaration: str, bornes: tuple[date, date], salarie: Salarie, deja: Deja
) -> Iterator[Ligne]:
    """Whole days are lost, the first hour of which nobody pays."""
    qui = {"nir": salarie.personne.nir, "matricule": salarie.matricule}
    jours = working_days(*bornes)
    taux, heures = compute_taux(salarie), len(jours) * JOUR_CENTIEMES - CARENCE
    indemnite = round_half_away(taux * heures * TAUX_INDEMNITE, CENT**2 * PPM)
    annee = (salarie.matricule, bornes[0].year)
    charges = (
        round_half_away(indemnite * ASSIETTE * taux_charge, PPM**2) for taux_charge in (CSG, CRDS)
    )
    yield (
        "31",
        _build_qui(salarie)
        | {
            "decl_id": declaration,
            "category": CATEGORIES[salarie.emploi.categorie],
            "hire_date": salarie.debut,
            "rate": taux,
            "ij_before": deja.get(annee, 0),
            "hours_2m": 2 * MOIS_CENTIEMES,
            "indemnity": indemnite,
            "csg_crds": sum(charges),
            "certified": "O",
        },
    )
    deja[annee] = deja.get(annee, 0) + len(jours)
    for rang, jour in enumerate(jours):
        carence = 0 if rang else CARENCE
        heures_du_jour = {"waiting": carence, "indemnified": JOUR_CENTIEMES - carence}
        heures_du_jour |= {"schedule": JOUR_CENTIEMES, "lost": JOUR_CENTIEMES}
        yield "32", qui | heures_du_jour | {"decl_id": declaration, "stop_no": "01", "date": jour}


def _list_bases(bulletins: Iterable[Bulletin], profil: Profil) -> Iterator[tuple[Mois, str, int]]:
    """Month, code and amount of each base that the DSN of these pays would bear."""
    plafonnee = SECOND_OEUVRE if profil.second_oeuvre else GROS_OEUVRE
    for b in bulletins:
        yield b.mois, "20", b.base_conges
        if not b.salarie.apprenti:
            yield b.mois, PERMANENTS, b.brut
            yield b.mois, plafonnee, min(b.brut, PLAFONDS[b.mois.annee])
        if passe := b.regularisation:
            yield passe.mois, "20", passe.ecart
            yield passe.mois, plafonnee, passe.ecart


def _build_qui(salarie: Salarie) -> dict[str, Any]:
    """Who an employee is, as the DSN says it."""
    personne = salarie.personne
    return {
        "nir": personne.nir,
        "nir_key": f"{MODULO_NIR - int(personne.nir) % MODULO_NIR:02}",
        "matricule": salarie.matricule,
        "surname": personne.nom,
        "first_name": personne.prenom,
        "birth": personne.naissance,
    }
