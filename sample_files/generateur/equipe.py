"""A company of six employees, written by hand: each shows one situation of public works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sample_files.generateur.bulletins import (
    CONGES,
    INTEMPERIES,
    MALADIE,
    Absence,
    Bulletin,
    Regularisation,
)
from sample_files.generateur.carrieres import (
    APPRENTISSAGE_PETITE,
    CDD,
    CDI,
    CNETP,
    DEMISSION,
    FIN_CDD,
    SANS_DISPOSITIF,
    Salarie,
)
from sample_files.generateur.declarations import ENTIERE, NORMALE, Declaration
from sample_files.generateur.entreprises import (
    LF,
    Entreprise,
    Etablissement,
    compute_siren,
    compute_siret,
)
from sample_files.generateur.identites import Personne, compute_nir
from sample_files.generateur.listes import Emploi, read_communes, read_emplois
from specs.periodes import Mois

RANG = 9_001
CONVENTION = "0001234"  # that of the sample exchange files
INTERIM = 31_250
FIN_DE_CHANTIER = 28  # last day of the short contract


@dataclass(frozen=True, slots=True)
class Membre:
    """One employee of the company: who, which job, since how many years, paid how much (cents)."""

    nom: str
    prenom: str
    sexe: str
    naissance: date
    emploi: Emploi
    annees: int
    salaire: int
    absence: tuple[str, int, int] | None = None  # reason, first and last day of the month
    ecart: int = 0


def build_equipe() -> tuple[Membre, ...]:
    """Bad weather and correction, paid leave, executive, apprentice, sick short contract, chief."""
    ouvriers, etam = read_emplois("ouvrier"), read_emplois("etam")
    cadres, apprentis = read_emplois("cadre"), read_emplois("apprenti")
    return (
        Membre("O'TEST", "JÉRÔME", "1", date(1985, 6, 14), ouvriers[4], 10, 245_000,
               (INTEMPERIES, 10, 11), -12_000),
        Membre("D'ESSAI", "ÉLODIE", "2", date(1992, 3, 2), etam[0], 8, 260_000, (CONGES, 9, 13)),
        Membre("LE MODEL", "YANN", "1", date(1978, 1, 20), cadres[0], 15, 420_000),
        Membre("FICTIF", "LUCAS", "1", date(2007, 3, 11), apprentis[0], 0, 90_000),
        Membre("SPÉCIMEN", "SAMIRA", "2", date(1999, 5, 7), ouvriers[2], 0, 190_000,
               (MALADIE, 16, 19)),
        Membre("SYNTHÈSE", "PAUL", "1", date(1990, 9, 30), ouvriers[11], 4, 270_000),
    )  # fmt: skip


def build_entreprise() -> Entreprise:
    """The company of the examples: a head office and a site."""
    siren = compute_siren(RANG)
    lieux = tuple(
        Etablissement(
            rang=rang,
            siret=compute_siret(siren, rang),
            cdg=f"C{RANG}{rang:02}",
            ape="4211Z",
            voie="12 RUE DE L'ÉGLISE",
            commune=read_communes()[0],
            effectif=6,
        )
        for rang in (1, 2)
    )
    return Entreprise(RANG, siren, f"A{RANG:05}", "ROUTES EXEMPLE", LF, lieux)


def build_declaration(mois: Mois) -> Declaration:
    """The ordinary declaration of the head office for a month."""
    entreprise = build_entreprise()
    return Declaration(
        entreprise=entreprise,
        etablissement=entreprise.siege,
        mois=mois,
        type=NORMALE,
        fraction=ENTIERE,
        ordre=1,
        constitution=mois.next().first_day.replace(day=2),
        bulletins=tuple(build_bulletins(mois)),
        interim=INTERIM,
    )


def build_bulletins(mois: Mois) -> list[Bulletin]:
    """The pay of the six employees."""
    return [_bulletin(mois, rang, membre) for rang, membre in enumerate(build_equipe(), 1)]


def _bulletin(mois: Mois, rang: int, membre: Membre) -> Bulletin:
    salarie = _salarie(mois, rang, membre)
    court = membre.absence is not None and membre.absence[0] == MALADIE
    if court:
        debut, fin = mois.first_day.replace(day=2), mois.first_day.replace(day=FIN_DE_CHANTIER)
        salarie = replace(
            salarie, nature=CDD, motif_fin=FIN_CDD, debut=debut, fin=fin, fin_prevue=fin
        )
    return Bulletin(
        salarie=salarie,
        mois=mois,
        debut=max(salarie.debut, mois.first_day),
        fin=salarie.fin or mois.last_day,
        brut=salarie.salaire,
        prime=0,
        absence=_absence(mois, membre),
        regularisation=Regularisation(
            mois.previous(), membre.ecart, f"CRM{mois.previous().annee}0001"
        )
        if membre.ecart
        else None,
    )


def _absence(mois: Mois, membre: Membre) -> Absence | None:
    if membre.absence is None:
        return None
    motif, premier, dernier = membre.absence
    jours = (date(mois.annee, mois.numero, premier), date(mois.annee, mois.numero, dernier))
    return Absence(motif, *jours, dernier - premier + 1)


def _salarie(mois: Mois, rang: int, membre: Membre) -> Salarie:
    apprenti = membre.emploi.categorie == "apprenti"
    debut = date(mois.annee - 1 if apprenti else mois.annee - membre.annees, 1, 15)
    salarie = hire(membre, rang, RANG, debut)
    if not apprenti:
        return salarie
    fin_prevue = date(mois.annee + 1, 8, 31)
    return replace(salarie, nature=CDD, dispositif=APPRENTISSAGE_PETITE, fin_prevue=fin_prevue)


def hire(membre: Membre, rang: int, entreprise: int, debut: date) -> Salarie:
    """The employee number `rang` of a company, on a permanent contract from `debut` on."""
    nir = compute_nir(membre.sexe, membre.naissance, entreprise)
    return Salarie(
        personne=Personne(
            nir=nir,
            nom=membre.nom,
            prenom=membre.prenom,
            naissance=membre.naissance,
            departement=nir[5:7],
            lieu="LYON",
            voie="3 IMPASSE DES CHÊNES",
            commune=read_communes()[0],
        ),
        matricule=f"M{rang:05}",
        emploi=membre.emploi,
        nature=CDI,
        dispositif=SANS_DISPOSITIF,
        debut=debut,
        fin=None,
        fin_prevue=None,
        motif_fin=DEMISSION,
        salaire=membre.salaire,
        caisse=CNETP,
        taux_pas=500,
        branche=5,
    )
