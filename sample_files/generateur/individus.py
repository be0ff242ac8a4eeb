"""Lines of one individual: blocks 30, 40, 60, 62, 65, 71, 50, 51, 53, 52, 58, 78, 86."""

from __future__ import annotations

from datetime import date, timedelta

from sample_files.generateur.bulletins import (
    CONGES,
    INTEMPERIES,
    JOUR_CENTIEMES,
    MALADIE,
    MOIS_CENTIEMES,
    Bulletin,
    working_days,
)
from sample_files.generateur.carrieres import CDD, SANS_DISPOSITIF, Salarie
from sample_files.generateur.ecriture import Lignes, bloc, jour, montant

CONTRAT = "00001"
FORFAIT_JOURS = "20"
PLAFONDS = {2024: 386_400, 2025: 392_500, 2026: 400_500}  # monthly social security ceiling, cents
AN = 365
ANCIENNETE_ENTREPRISE, ANCIENNETE_BRANCHE = "07", "02"
EN_JOURS, EN_ANNEES = "01", "03"


def individu(bulletin: Bulletin, siret: str) -> Lignes:
    """Everything declared of one employee in one month, in document order."""
    return [
        *identite_et_contrat(bulletin.salarie, siret),
        *absences(bulletin),
        *bloc("S21.G00.71", {"002": "RUAA"}),
        *versement(bulletin),
        *remunerations(bulletin),
        *bases(bulletin),
        *anciennetes(bulletin),
    ]


def identite_et_contrat(salarie: Salarie, siret: str) -> Lignes:
    """Blocks 30 and 40."""
    personne, emploi = salarie.personne, salarie.emploi
    diplome = "03" if salarie.apprenti else None
    lignes = bloc(
        "S21.G00.30",
        {
            "001": personne.nir,
            "002": personne.nom,
            "004": personne.prenom,
            "006": jour(personne.naissance),
            "007": personne.lieu,
            "008": personne.voie,
            "009": personne.commune.code_postal,
            "010": personne.commune.localite,
            "013": "01",
            "014": personne.departement,
            "015": "FR",
            "019": salarie.matricule,
            "024": diplome,
            "025": diplome,
        },
    )
    quotite = "18.17" if emploi.unite == FORFAIT_JOURS else montant(MOIS_CENTIEMES)
    motif = "02" if salarie.nature == CDD and salarie.dispositif == SANS_DISPOSITIF else None
    return lignes + bloc(
        "S21.G00.40",
        {
            "001": jour(salarie.debut),
            "002": emploi.statut,
            "003": emploi.retraite,
            "004": emploi.pcs,
            "005": emploi.metier,
            "006": emploi.libelle,
            "007": salarie.nature,
            "008": salarie.dispositif,
            "009": CONTRAT,
            "010": jour(salarie.fin_prevue) if salarie.fin_prevue else None,
            "011": emploi.unite,
            "012": quotite,
            "013": quotite,
            "014": "10",
            "016": "99",
            "017": emploi.idcc,
            "018": "200",
            "019": siret,
            "020": "200",
            "021": motif,
            "022": salarie.caisse,
            "024": "99",
            "026": "99",
            "036": "01",
            "037": "01",
            "039": "200",
            "040": "451AA",
            "041": emploi.classification,
            "043": "4.50",
        },
    )


def absences(bulletin: Bulletin) -> Lignes:
    """Sick leave (60), end of contract (62), other suspensions (65), in that order."""
    absence, salarie = bulletin.absence, bulletin.salarie
    lignes = []
    if absence and absence.motif == MALADIE:
        veille = absence.debut - timedelta(days=1)
        dates = {"001": MALADIE, "002": jour(veille), "003": jour(absence.fin)}
        lignes += bloc("S21.G00.60", dates)
    if salarie.fin and salarie.fin <= bulletin.mois.last_day:
        lignes += bloc("S21.G00.62", {"001": jour(salarie.fin), "002": salarie.motif_fin})
    if absence and absence.motif in (INTEMPERIES, CONGES):
        dates = {"001": absence.motif, "002": jour(absence.debut), "003": jour(absence.fin)}
        lignes += bloc("S21.G00.65", dates)
    return lignes


def versement(bulletin: Bulletin) -> Lignes:
    """Block 50: the net pay and the income tax withheld (rate in 1/10 000)."""
    net, taux = bulletin.brut * 8 // 10, bulletin.salarie.taux_pas
    identifiant = bulletin.salarie.identifiant_taux
    impot = (net * taux + 5_000) // 10_000
    return bloc(
        "S21.G00.50",
        {
            "001": jour(bulletin.mois.last_day),
            "002": montant(net),
            "003": "01",
            "004": montant(net - impot),
            "006": montant(taux),
            "007": "01" if identifiant else "13",
            "008": identifiant,
            "009": montant(impot),
            "013": montant(net),
        },
    )


def remunerations(bulletin: Bulletin) -> Lignes:
    """Blocks 51 with the activity (53), premium (52), net social amount (58)."""
    brut = montant(bulletin.brut)
    absence = bulletin.absence
    lignes = _remuneration(bulletin, "001", brut) + _remuneration(bulletin, "002", brut)
    lignes += _activites(bulletin)
    lignes += _remuneration(bulletin, "003", brut)
    lignes += _remuneration(bulletin, "010", montant(bulletin.salarie.salaire))
    if absence and absence.motif == INTEMPERIES:
        periode = (absence.debut, absence.fin)
        heures = montant(absence.jours * JOUR_CENTIEMES)
        lignes += _remuneration(bulletin, "025", "0.00", periode, heures)
    if bulletin.prime:
        lignes += _prime(bulletin)
    mois = bulletin.mois
    return lignes + bloc(
        "S21.G00.58",
        {
            "001": jour(mois.first_day),
            "002": jour(mois.last_day),
            "003": "03",
            "004": montant(bulletin.brut * 78 // 100),
        },
    )


def _remuneration(
    bulletin: Bulletin,
    code: str,
    valeur: str,
    periode: tuple[date, date] | None = None,
    heures: str | None = None,
) -> Lignes:
    debut, fin = periode or (bulletin.debut, bulletin.fin)
    return bloc(
        "S21.G00.51",
        {
            "001": jour(debut),
            "002": jour(fin),
            "010": CONTRAT,
            "011": code,
            "012": heures,
            "013": valeur,
        },
    )


def _activites(bulletin: Bulletin) -> Lignes:
    """Work done, then absence, in days for executives and in hours for the others."""
    absents = bulletin.absence.jours if bulletin.absence else 0
    if bulletin.salarie.emploi.unite == FORFAIT_JOURS:
        jours = len(working_days(bulletin.debut, bulletin.fin))
        travail, absence, unite = (jours - absents) * 100, absents * 100, FORFAIT_JOURS
    else:
        presence = (bulletin.fin - bulletin.debut).days + 1
        plein = MOIS_CENTIEMES * presence // bulletin.mois.last_day.day
        absence, unite = absents * JOUR_CENTIEMES, None
        travail = max(0, plein - absence) if bulletin.heures is None else bulletin.heures
    lignes = bloc("S21.G00.53", {"001": "01", "002": montant(travail), "003": unite})
    if absence:
        lignes += bloc("S21.G00.53", {"001": "02", "002": montant(absence), "003": unite})
    return lignes


def _prime(bulletin: Bulletin) -> Lignes:
    return bloc(
        "S21.G00.52",
        {
            "001": "026",
            "002": montant(bulletin.prime),
            "003": jour(bulletin.debut),
            "004": jour(bulletin.fin),
            "006": CONTRAT,
        },
    )


def bases(bulletin: Bulletin) -> Lignes:
    """Blocks 78: capped and whole pay (02, 03), bases of the fund (20, 21, 34), past month."""
    salarie, mois = bulletin.salarie, bulletin.mois
    periode = (bulletin.debut, bulletin.fin)
    plafonnee = min(bulletin.brut, PLAFONDS[mois.annee])
    lignes = base("02", periode, plafonnee) + base("03", periode, bulletin.brut)
    lignes += base("20", periode, bulletin.base_conges)
    if not salarie.apprenti:
        lignes += base("21", periode, bulletin.brut) + base("34", periode, plafonnee)
    passe = bulletin.regularisation
    if passe:
        periode = (passe.mois.first_day, passe.mois.last_day)
        lignes += base("20", periode, passe.ecart, passe.crm)
        lignes += base("34", periode, passe.ecart, passe.crm)
    return lignes


def base(code: str, periode: tuple[date, date], valeur: int, crm: str | None = None) -> Lignes:
    """One block 78."""
    return bloc(
        "S21.G00.78",
        {
            "001": code,
            "002": jour(periode[0]),
            "003": jour(periode[1]),
            "004": montant(valeur),
            "007": crm,
        },
    )


def anciennetes(bulletin: Bulletin) -> Lignes:
    """Blocks 86: years in the company and in the trade; days below one year."""
    salarie = bulletin.salarie
    jours = (bulletin.fin - (salarie.services or salarie.debut)).days + 1
    branche = jours + salarie.branche * AN
    return _anciennete(ANCIENNETE_ENTREPRISE, jours) + _anciennete(ANCIENNETE_BRANCHE, branche)


def _anciennete(code: str, jours: int) -> Lignes:
    unite, valeur = (EN_ANNEES, jours // AN) if jours >= AN else (EN_JOURS, jours)
    valeurs = {"001": code, "002": unite, "003": str(valeur), "005": CONTRAT}
    return bloc("S21.G00.86", valeurs)
