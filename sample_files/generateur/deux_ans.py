"""Two years of one employee over two companies: certificates, leaves, an illness, bad weather.

He leaves the first company for the second, falls ill, is stopped three days by the frost, takes his
leave in four times, gains two days of splitting and two of seniority, then leaves the branch. What
the first company declared before its DSN comes by a certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture import write_fixe
from sample_files.generateur.bulletins import (
    CONGES,
    INTEMPERIES,
    MALADIE,
    Absence,
    Bulletin,
    working_days,
)
from sample_files.generateur.carrieres import Salarie
from sample_files.generateur.declarations import ENTIERE, NORMALE, Declaration, write_message
from sample_files.generateur.entreprises import (
    LF,
    Entreprise,
    Etablissement,
    compute_siren,
    compute_siret,
)
from sample_files.generateur.equipe import RANG, Membre, hire
from sample_files.generateur.listes import read_communes, read_emplois
from sample_files.generateur.registre import BIC, Profil, compute_iban, render_registre
from specs.periodes import Mois

RANGS = {"X": RANG, "Y": RANG + 1}
NOMS = {"X": "CHAUSSEES DU NORD", "Y": "TERRASSEMENTS DU SUD"}
OUVRIER = read_emplois("ouvrier")[4]
MEMBRE = Membre("VOYAGEUR", "BASILE", "1", date(1982, 4, 17), OUVRIER, 10, 230_000)
SERVICES = date(2006, 1, 9)  # twenty years with the second company in March 2026, not in 2025
TAUX_PAS, DEPARTEMENT, COMPTE = 290, "69", 90_010_001
IDENTIFIANT_TAUX = "240517"  # of the rate, as the tax administration gave it
SORTIE_X, ENTREE_Y, SORTIE_Y = date(2024, 9, 30), date(2024, 10, 1), date(2026, 5, 29)
DEMISSION = "059"


@dataclass(frozen=True, slots=True)
class Paie:
    """What is declared of a month: base (cents), hours worked (hundredths), an absence."""

    base: int
    heures: int
    absence: tuple[str, date, date] | None = None


X: Mapping[Mois, Paie] = {
    Mois(2024, 4): Paie(230_000, 14_000),
    Mois(2024, 5): Paie(230_000, 14_000),
    Mois(2024, 6): Paie(230_000, 14_000),
    Mois(2024, 7): Paie(230_000, 14_000),
    Mois(2024, 8): Paie(135_000, 8_400, (CONGES, date(2024, 8, 5), date(2024, 8, 17))),
    Mois(2024, 9): Paie(230_000, 14_000),
}
Y: Mapping[Mois, Paie] = {
    Mois(2024, 10): Paie(240_000, 13_000),
    Mois(2024, 11): Paie(240_000, 13_000),
    Mois(2024, 12): Paie(130_000, 7_600, (MALADIE, date(2024, 12, 2), date(2024, 12, 14))),
    Mois(2025, 1): Paie(230_000, 11_000, (INTEMPERIES, date(2025, 1, 20), date(2025, 1, 22))),
    Mois(2025, 2): Paie(240_000, 12_500),
    Mois(2025, 3): Paie(240_000, 12_500),
    Mois(2025, 4): Paie(245_000, 13_000),
    Mois(2025, 5): Paie(245_000, 12_000),
    Mois(2025, 6): Paie(245_000, 13_000),
    Mois(2025, 7): Paie(245_000, 13_000),
    Mois(2025, 8): Paie(90_000, 4_000, (CONGES, date(2025, 8, 4), date(2025, 8, 23))),
    Mois(2025, 9): Paie(245_000, 13_000),
    Mois(2025, 10): Paie(245_000, 13_000),
    Mois(2025, 11): Paie(245_000, 12_500),
    Mois(2025, 12): Paie(155_000, 9_500, (CONGES, date(2025, 12, 22), date(2025, 12, 31))),
    Mois(2026, 1): Paie(225_000, 11_500, (CONGES, date(2026, 1, 1), date(2026, 1, 3))),
    Mois(2026, 2): Paie(195_000, 10_500, (CONGES, date(2026, 2, 16), date(2026, 2, 20))),
    Mois(2026, 3): Paie(245_000, 14_000),
    Mois(2026, 4): Paie(245_000, 14_000),
    Mois(2026, 5): Paie(130_000, 8_100, (CONGES, date(2026, 5, 4), date(2026, 5, 16))),
}


@dataclass(frozen=True, slots=True)
class Envoi:
    """An exchange file: who sends it, when, its kind, its records after the header."""

    entreprise: str
    recu: date
    genre: str
    reference: str
    lignes: tuple[tuple[str, dict[str, Any]], ...]
    essai: bool = False


def build_societe(nom: str) -> Entreprise:
    """One of the two companies, its head office alone."""
    rang = RANGS[nom]
    siren = compute_siren(rang)
    siege = Etablissement(
        rang=1,
        siret=compute_siret(siren, 1),
        cdg=f"C{rang}01",
        ape="4211Z",
        voie="12 RUE DE L'ÉGLISE",
        commune=read_communes()[0],
        effectif=1,
    )
    return Entreprise(rang, siren, f"A{rang:05}", NOMS[nom], LF, (siege,))


def write_registre() -> bytes:
    """Both companies, and their conventions since before the first file."""
    profil = Profil(
        mandats=False, groupe=False, adhesion=False, zero_papier=False, mandataire=False
    )
    membres = [(build_societe(nom), profil) for nom in RANGS]
    return render_registre(membres).replace(b"2026-01-01", b"2023-01-01")


def hire_voyageur(nom: str) -> Salarie:
    """The employee on his contract with one of the companies; the same person, another number."""
    salarie = replace(
        hire(MEMBRE, 1, RANG, date(2023, 4, 1)),
        taux_pas=TAUX_PAS,
        identifiant_taux=IDENTIFIANT_TAUX,
    )
    if nom == "X":
        return replace(salarie, fin=SORTIE_X, motif_fin=DEMISSION)
    return replace(
        salarie,
        matricule="M00207",
        debut=ENTREE_Y,
        services=SERVICES,
        salaire=245_000,
        fin=SORTIE_Y,
        motif_fin=DEMISSION,
    )


def list_declarations() -> Iterator[Declaration]:
    """The monthly declarations, those of the first company first."""
    for nom, paies in (("X", X), ("Y", Y)):
        societe = build_societe(nom)
        for mois, paie in paies.items():
            yield Declaration(
                entreprise=societe,
                etablissement=societe.siege,
                mois=mois,
                type=NORMALE,
                fraction=ENTIERE,
                ordre=1,
                constitution=mois.next().first_day.replace(day=2),
                bulletins=(_pay(hire_voyageur(nom), mois, paie),),
            )


def write_dsn(declaration: Declaration) -> tuple[str, bytes]:
    """Name and bytes of a monthly declaration."""
    nom = "X" if declaration.entreprise.rang == RANGS["X"] else "Y"
    return f"{nom}_{declaration.mois}.dsn", write_message([declaration], essai=False)


def _pay(salarie: Salarie, mois: Mois, paie: Paie) -> Bulletin:
    absence = None
    if paie.absence:
        motif, debut, fin = paie.absence
        absence = Absence(motif, debut, fin, len(working_days(debut, fin)))
    return Bulletin(
        salarie=salarie,
        mois=mois,
        debut=max(salarie.debut, mois.first_day),
        fin=min(salarie.fin or mois.last_day, mois.last_day),
        brut=paie.base,
        prime=0,
        absence=absence,
        regularisation=None,
        heures=paie.heures,
    )


def _name(nom: str) -> dict[str, Any]:
    """The fields that name the employee in an exchange file."""
    salarie = hire_voyageur(nom)
    personne = salarie.personne
    return {
        "nir": personne.nir,
        "nir_key": f"{97 - int(personne.nir) % 97:02}",
        "matricule": salarie.matricule,
        "surname": personne.nom,
        "first_name": personne.prenom,
        "birth": personne.naissance,
    }


def _certify() -> tuple[str, dict[str, Any]]:
    """What the first company owes of the year before its DSN."""
    debut = date(2023, 4, 1)
    return "10", _name("X") | {
        "siret": build_societe("X").siege.siret,
        "category": "O",
        "cert_ref": "CERT-2024-VOYAGEUR",
        "from": debut,
        "to": date(2024, 3, 31),
        "unit": "M",
        "months": 1_200,
        "hours": 182_000,
        "gross": 2_600_000,
        "avg_wage": 218_182,
        "rate": 143_850,
        "schedule": 15_167,
        "entry_firm": debut,
        "n1_paid": "N",
    }


def _ask(
    nom: str, cle: str, nature: str, jours: int, dates: tuple[date, date, date] | None, salaire: int
) -> tuple[str, dict[str, Any]]:
    """A request; `dates`: first day, last working day, return; none for a compensation."""
    quand = dict(zip(("from", "to", "resume"), dates or (), strict=False))
    motif = {} if dates else {"comp_reason": "SO"}
    return "20", {
        **_name(nom), **quand, **motif, "req_id": cle, "action": "N", "days": jours * 100,
        "nature": nature, "avg_wage": salaire, "sen_unit": "A", "sen_firm": 1 if nom == "X" else 19,
        "sen_branch": 19, "dept": DEPARTEMENT, "pay_to": "S",
    }  # fmt: skip


def _stop() -> Iterator[tuple[str, dict[str, Any]]]:
    """Three days of frost: seven hours a day, the first one for nobody."""
    commun = {"decl_id": "Y-D1", "stop_no": "01"}
    yield "30", {
        **commun, "siret": build_societe("Y").siege.siret, "site_id": "CH-1",
        "site_name": "CHANTIER DU RHONE", "site_insee": "69123", "site_dept": "69",
        "work_cat": "G", "cause": "GE", "work_nature": "VOIR",
        "stop_date": date(2025, 1, 20), "stop_time": "0730",
        "resume_date": date(2025, 1, 23), "resume_time": "0730",
        "public_contract": "O", "cse_consulted": "X", "n_workers": 1,
    }  # fmt: skip
    yield "31", _name("Y") | {
        "decl_id": "Y-D1", "category": "O", "hire_date": ENTREE_Y, "rate": 150_000,
        "ij_before": 0, "hours_2m": 30_000, "indemnity": 22_500, "csg_crds": 1_481,
        "certified": "O",
    }  # fmt: skip
    salarie = hire_voyageur("Y")
    for rang, jour in enumerate(working_days(date(2025, 1, 20), date(2025, 1, 22))):
        carence = 0 if rang else 100
        yield "32", {
            **commun, "nir": salarie.personne.nir, "matricule": salarie.matricule, "date": jour,
            "schedule": 700, "lost": 700, "waiting": carence, "indemnified": 700 - carence,
        }  # fmt: skip


def _account() -> tuple[str, dict[str, Any]]:
    """The account that his leave is paid to."""
    personne = hire_voyageur("X").personne
    return "40", _name("X") | {
        "action": "N",
        "iban": compute_iban(COMPTE),
        "bic": BIC,
        "holder": f"{personne.nom} {personne.prenom}",
        "holder_is": "T",
        "effective": date(2024, 6, 1),
        "consent": "O",
    }


def list_envois() -> Iterator[Envoi]:
    """The exchange files, in the order they are sent."""
    yield Envoi("X", date(2024, 5, 6), "CERT", "CERT-2024", (_certify(),))
    yield Envoi("X", date(2024, 5, 13), "RIB", "RIB-1", (_account(),))
    ete = (date(2024, 8, 5), date(2024, 8, 17), date(2024, 8, 19))
    yield Envoi("X", date(2024, 7, 8), "DMC", "DMC-X1", (_ask("X", "X1", "CP", 11, ete, 218_182),))
    yield Envoi("Y", date(2025, 1, 27), "ARI", "Y-D1", tuple(_stop()))
    aout = (date(2025, 8, 4), date(2025, 8, 23), date(2025, 8, 25))
    demande = (_ask("Y", "Y1", "CP", 17, aout, 240_000),)
    yield Envoi("Y", date(2025, 7, 1), "DMC", "DMC-Y1-ESSAI", demande, essai=True)
    yield Envoi("Y", date(2025, 7, 7), "DMC", "DMC-Y1", demande)
    noel = (date(2025, 12, 22), date(2026, 1, 3), date(2026, 1, 5))
    yield Envoi(
        "Y", date(2025, 12, 1), "DMC", "DMC-Y2", (_ask("Y", "Y2", "CP", 10, noel, 240_000),)
    )
    hiver = (date(2026, 2, 16), date(2026, 2, 18), date(2026, 2, 19))
    yield Envoi(
        "Y", date(2026, 1, 26), "DMC", "DMC-Y3", (_ask("Y", "Y3", "CP", 3, hiver, 240_000),)
    )
    suite = (date(2026, 2, 19), date(2026, 2, 20), date(2026, 2, 21))
    yield Envoi(
        "Y", date(2026, 1, 27), "DMC", "DMC-Y4", (_ask("Y", "Y4", "FR", 2, suite, 240_000),)
    )
    mai = (date(2026, 5, 4), date(2026, 5, 16), date(2026, 5, 18))
    yield Envoi("Y", date(2026, 4, 20), "DMC", "DMC-Y5", (_ask("Y", "Y5", "CP", 10, mai, 245_000),))
    yield Envoi(
        "Y", date(2026, 6, 12), "DMC", "DMC-Y6", (_ask("Y", "Y6", "CO", 27, None, 245_000),)
    )


def write_envoi(envoi: Envoi) -> tuple[str, bytes]:
    """Name and bytes of an exchange file, in the fixed form."""
    societe = build_societe(envoi.entreprise)
    cree, convention = f"{envoi.recu:%Y%m%d}090000", f"{societe.rang:07}"
    mode = "T" if envoi.essai else "R"
    entete = {
        "mode": mode,
        "convention": convention,
        "siren": societe.siren,
        "file_id": envoi.reference,
        "created": cree,
        "operation": "N",
        "software": "CAISSE-GENERATEUR",
    }
    fichier = compose_rows(envoi.genre, entete, list(envoi.lignes))
    return f"{envoi.genre}_{mode}_{convention}_{cree}_0001.txt", write_fixe(fichier)
