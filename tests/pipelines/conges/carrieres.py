"""Careers drawn at random: employers, contracts, absences, leave, certificates; their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl

from pipelines.conges.regles.acquisition.connu import SCHEMAS, Connu
from tests.pipelines.conges.reference import (
    Absence,
    Carriere,
    Cert,
    Conge,
    Contrat,
    bounds,
    exercice_of,
    name,
)

SIRENS = ("800000010", "900000015", "700000003")
PREMIER, DERNIER = date(2023, 4, 1), date(2026, 3, 31)
ARRETS = ("01", "01", "01", "06", "04", "02", "19", "15", "10")
SUSPENSIONS = ("501", "632", "507", "602", "637", "200", "200")
FICHIERS = ("certs", "absences_certs")  # a file of each employee
STATUTS = {"O": "07", "E": "05", "C": "04"}
Ligne = dict[str, Any]


def draw_carriere(hasard: Random) -> Carriere:
    """One employee, of one to three contracts over three leave years, and perhaps certificates."""
    carriere = Carriere()
    for numero in range(hasard.choice((1, 1, 2, 3))):
        add_contract(carriere, hasard, f"{numero:05}")
    if hasard.random() < 0.3:
        add_cert(carriere, hasard)
    for _ in range(hasard.choice((0, 1, 2))):
        add_leave(carriere, hasard)
    return carriere


def draw_date(hasard: Random, debut: date, fin: date) -> date:
    """A day between two others."""
    return debut + timedelta(hasard.randrange(max((fin - debut).days, 1)))


def months(debut: date, fin: date) -> list[str]:
    """Months that two days and those between touch."""
    noms, jour = [], debut.replace(day=1)
    while jour <= fin:
        noms.append(name(jour))
        jour = bounds(name(jour))[1] + timedelta(1)
    return noms


def add_contract(carriere: Carriere, hasard: Random, numero: str) -> None:
    """A contract, its pays, its absences; some of its months are not told."""
    debut = draw_date(hasard, PREMIER, DERNIER)
    if hasard.random() < 0.4:
        debut = debut.replace(day=1)
    fin = draw_date(hasard, debut, debut + timedelta(500)) if hasard.random() < 0.5 else None
    tous = months(debut, min(fin or DERNIER, DERNIER))
    dits = tuple(m for m in tous if hasard.random() < 0.95) or (tous[0],)
    siren = hasard.choice(SIRENS)
    contrat = Contrat(
        siren, "C1", numero, hasard.choice("OOEC"), debut, fin, dits, hasard.random() < 0.8
    )
    carriere.contrats.append(contrat)
    petites = hasard.random() < 0.15
    for mois in dits:
        cle = (siren, mois)
        if hasard.random() < 0.9:
            carriere.bases[cle] = carriere.bases.get(cle, 0) + hasard.randrange(0, 400_000, 7)
        heures = Fraction(hasard.randrange(0, 4_000 if petites else 15_167), 100)
        carriere.heures[cle] = carriere.heures.get(cle, Fraction(0)) + heures
        if hasard.random() < 0.1:
            partielles = Fraction(hasard.randrange(6_000), 100)
            carriere.partielles[cle] = carriere.partielles.get(cle, Fraction(0)) + partielles
    for _ in range(hasard.choice((0, 0, 1, 2, 4))):
        add_absence(carriere, hasard, contrat)
    if hasard.random() < 0.3:
        annee = exercice_of(bounds(hasard.choice(dits))[0])
        carriere.intemperies[siren, annee] = Fraction(hasard.randrange(20_000), 100)


def add_absence(carriere: Carriere, hasard: Random, contrat: Contrat) -> None:
    """A stoppage or a suspension, short or long, that may overlap another one."""
    debut = draw_date(hasard, contrat.debut, min(contrat.fin or DERNIER, DERNIER))
    duree = hasard.choice((0, 1, 6, 20, 90, 300))
    origine = hasard.choice(("ARRET", "ARRET", "SUSPENSION"))
    code = hasard.choice(ARRETS if origine == "ARRET" else SUSPENSIONS)
    redite = any(
        (a.numero, a.code, a.debut) == (contrat.numero, code, debut) for a in carriere.absences
    )
    if not redite:
        carriere.absences.append(
            Absence(contrat.siren, contrat.numero, origine, code, debut, debut + timedelta(duree))
        )


def add_cert(carriere: Carriere, hasard: Random) -> None:
    """A certificate of an employer that no DSN tells, within one leave year."""
    siren, exercice = "600000006", hasard.choice((2024, 2025, 2026))
    debut = draw_date(hasard, date(exercice - 1, 4, 1), date(exercice, 3, 1))
    fin = draw_date(hasard, debut, date(exercice, 3, 31)) if hasard.random() < 0.5 else date(
        exercice, 3, 31
    )  # fmt: skip
    unite = hasard.choice("MMH")
    cert = Cert(
        siren, "F1 2", hasard.choice("OEC") if unite == "M" else "O", debut, fin, unite,
        Fraction(hasard.randrange(len(months(debut, fin)) * 100), 100),
        Fraction(hasard.randrange(120_000), 100), hasard.randrange(3_000_000),
        hasard.randrange(1, 400_000), Fraction(hasard.choice((0, 0, 5, 24, 30))),
        Fraction(hasard.choice((0, 0, 4_000)), 100), hasard.random() < 0.4,
    )  # fmt: skip
    carriere.certs.append(cert)
    jour = debut
    while hasard.random() < 0.6 and jour < fin:
        a = draw_date(hasard, jour, fin)
        b = min(a + timedelta(hasard.choice((0, 5, 40))), fin)
        origine = hasard.choice(("ARRET", "SUSPENSION"))
        code = hasard.choice(ARRETS if origine == "ARRET" else SUSPENSIONS)
        carriere.absences.append(Absence(siren, cert.reference, origine, code, a, b))
        jour = b + timedelta(1)


def add_leave(carriere: Carriere, hasard: Random) -> None:
    """Leave that the fund paid, apart from any other; some of them cross 31 March."""
    debut = draw_date(hasard, PREMIER, DERNIER)
    if hasard.random() < 0.3:
        debut = date(hasard.choice((2024, 2025)), 3, 31) - timedelta(hasard.randrange(20))
    fin = debut + timedelta(hasard.choice((0, 5, 12, 20)))
    if all(c.fin < debut or fin < c.debut for c in carriere.conges):
        legaux = Fraction(hasard.choice((100, 500, 1_200, 2_400)), 100)
        lieu = hasard.choice(("", "77", "67"))
        carriere.conges.append(Conge(debut, fin, legaux, hasard.randrange(200_000), lieu))


def connu_of(carrieres: Mapping[str, Carriere]) -> Connu:
    """The same, as the rules read them."""
    lignes: dict[str, list[Ligne]] = {nom: [] for nom in SCHEMAS}
    for salarie, carriere in carrieres.items():
        for nom, ligne in list_lines(carriere):
            depot = {"depot": f"F-{salarie}"} if nom in FICHIERS else {}
            lignes[nom].append(ligne | depot | {"salarie": salarie})
    return Connu(
        **{
            nom: pl.DataFrame([{c: x.get(c) for c in schema} for x in lignes[nom]], schema)
            for nom, schema in SCHEMAS.items()
        }
    )


def list_lines(carriere: Carriere) -> Iterator[tuple[str, Ligne]]:
    """Rows of the tables, each with the name of its table."""
    for contrat in carriere.contrats:
        yield from (("contrats", ligne) for ligne in list_months(contrat))
    certs = {cert.reference for cert in carriere.certs}
    for rang, absence in enumerate(carriere.absences):
        certifiee = absence.numero in certs
        nom = "absences_certs" if certifiee else "absences"
        yield nom, certified(absence, rang) if certifiee else declared(absence)
    for (siren, mois), montant in carriere.bases.items():
        yield "bases", {
            "siren": siren, "cdg": "C1", "mois_appel": mois, "mois_rattachement": mois,
            "quantite": montant,
        }  # fmt: skip
    elements = (("ACTIVITE", "01", carriere.heures), ("REMUNERATION", "019", carriere.partielles))
    for nature, code, table in elements:
        for (siren, mois), heures in table.items():
            yield "remunerations", {
                "siren": siren, "cdg": "C1", "mois": mois, "nature": nature, "code": code,
                "mesure_centiemes": int(heures * 100), "unite": "10",
            }  # fmt: skip
    for (siren, annee), heures in carriere.intemperies.items():
        yield "intemperies", {
            "siren": siren, "campagne": f"{annee - 1}-{annee % 100:02}",
            "indemnisees_centiemes": int(heures * 100), "indemnite_calculee_centimes": 0,
        }  # fmt: skip
    for conge in carriere.conges:
        yield "conges", {
            "debut": conge.debut, "fin": conge.fin, "jours_centiemes": int(conge.legaux * 100),
            "jours_legaux_centiemes": int(conge.legaux * 100),
            "indemnite_centimes": conge.indemnite, "departement": conge.departement or None,
        }  # fmt: skip
    yield from (("certs", certificate(cert)) for cert in carriere.certs)


def list_months(contrat: Contrat) -> Iterator[Ligne]:
    """What the DSN of each month tells of a contract."""
    for mois in contrat.dits:
        termine = contrat.fin is not None and name(contrat.fin) <= mois
        yield {
            "siren": contrat.siren, "cdg": "C1", "contrat": contrat.numero, "mois": mois,
            "depot": "D1", "ligne": 1, "origine": "MENSUELLE", "debut": contrat.debut,
            "fin": contrat.fin if termine or mois == contrat.dits[-1] else None,
            "motif_fin": "031" if contrat.fin and (termine or mois == contrat.dits[-1]) else None,
            "nature": "01", "dispositif": "99", "statut": STATUTS[contrat.categorie],
            "categorie": contrat.categorie, "unite": "10", "caisse": "01",
            "quotite_centiemes": 15_167 if contrat.plein else 12_000,
            "quotite_reference_centiemes": 15_167,
            "modalite": "10" if contrat.plein else "20",
        }  # fmt: skip


def declared(absence: Absence) -> Ligne:
    """An absence in the DSN of the month where it begins."""
    fin = "fin_prevue" if absence.origine == "ARRET" else "fin"
    return {
        "siren": absence.siren, "contrat": absence.numero, "mois": name(absence.debut),
        "depot": "D1", "ligne": 2, "nature": absence.origine, "motif_absence": absence.code,
        "debut": absence.debut, fin: absence.fin,
    }  # fmt: skip


def certified(absence: Absence, rang: int) -> Ligne:
    """An absence in a certificate."""
    return {
        "rang": 100 + rang, "ligne": 2, "siren": absence.siren,
        "abs_kind": absence.origine[0], "abs_code": absence.code, "from": absence.debut,
        "to": absence.fin,
    }  # fmt: skip


def certificate(cert: Cert) -> Ligne:
    """A line of a CERT file."""
    return {
        "rang": 2, "ligne": 2, "siren": cert.siren, "cdg": "C1",
        "siret": f"{cert.siren}00010", "category": cert.categorie, "cert_ref": "C1",
        "from": cert.debut, "to": cert.fin, "unit": cert.unite,
        "months": int(cert.mois * 100) if cert.unite == "M" else None,
        "hours": int(cert.heures * 100), "gross": cert.brut, "avg_wage": cert.salaire,
        "schedule": 15_167, "hours_int": int(cert.heures_intemperies * 100),
        "reason_end": "031" if cert.termine else None, "entry_firm": cert.debut,
        "n1_paid": "O" if cert.jours_ailleurs else "N",
        "n1_days": int(cert.jours_ailleurs * 100) or None, "n1_amount": 0, "recu_le": "2026",
    }  # fmt: skip
