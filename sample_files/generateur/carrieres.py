"""Careers: who works in an establishment, with which contract, from when and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_files.generateur.entreprises import Entreprise, Etablissement
from sample_files.generateur.hasard import happens, stream
from sample_files.generateur.identites import Personne, draw_jour, draw_personne
from sample_files.generateur.listes import Emploi, read_emplois
from specs.periodes import Mois

CDI, CDD = "01", "02"
SANS_DISPOSITIF, APPRENTISSAGE_PETITE, APPRENTISSAGE = "99", "64", "65"
EFFECTIF_APPRENTISSAGE = 11
FIN_CDD, DEMISSION = "031", "059"
CNETP, AUTRE_CAISSE = "01", "02"
CATEGORIES = ("ouvrier", "etam", "cadre", "apprenti")
PARTS = (68, 16, 9, 7)  # in a hundred
PART_CDD, PART_AUTRE_CAISSE, PART_SORTIE, PART_ENTREE = 80, 10, 15, 15  # in a thousand
ANNEE = 365
JEUNE, AGE = (16, 21), (20, 58)  # ages at the first month: apprentices, others
TAUX_PAS = (0, 0, 130, 310, 500, 790, 1190)  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Salarie:
    """An employee and the contract; `salaire` in cents a month, `taux_pas` in 1/10 000.

    `identifiant_taux`: of the file in which the tax administration gave that rate; none: the scale.

    `fin` is the day the contract ends (with the reason `motif_fin`), `fin_prevue` the one written
    in a fixed-term contract, `caisse` the leave fund, `branche` years in the trade before.
    `services`: since when in the company, when another contract came before.
    """

    personne: Personne
    matricule: str
    emploi: Emploi
    nature: str
    dispositif: str
    debut: date
    fin: date | None
    fin_prevue: date | None
    motif_fin: str
    salaire: int
    caisse: str
    taux_pas: int
    branche: int
    services: date | None = None
    identifiant_taux: str | None = None

    @property
    def apprenti(self) -> bool:
        """Whether this is an apprentice, whose leave the employer pays: base 20 is zero."""
        return self.emploi.categorie == "apprenti"

    def is_present(self, mois: Mois) -> bool:
        """Whether the contract runs on a day of the month."""
        return self.debut <= mois.last_day and (self.fin is None or self.fin >= mois.first_day)


def draw_salaries(
    graine: int, entreprise: Entreprise, mois: tuple[Mois, ...]
) -> dict[int, list[Salarie]]:
    """By rank of establishment, everybody who works there in one of the months."""
    pris: set[str] = set()
    return {
        etablissement.rang: _draw_etablissement(
            _Tirage(
                stream(graine, entreprise.rang, "carrieres", etablissement.rang),
                entreprise.rang,
                etablissement,
                mois,
                pris,
            )
        )
        for etablissement in entreprise.etablissements
    }


def _draw_etablissement(tirage: _Tirage) -> list[Salarie]:
    """Those in place before the first month, then those who come."""
    effectif = tirage.etablissement.effectif
    salaries = [tirage.draw(None, numero + 1) for numero in range(effectif)]
    for courant in tirage.mois[1:]:
        entrees = sum(happens(tirage.rng, PART_ENTREE) for _ in range(effectif))
        debut = len(salaries) + 1
        salaries += [tirage.draw(courant, debut + n) for n in range(entrees)]
    return salaries


@dataclass(frozen=True, slots=True)
class _Tirage:
    """What every draw of one establishment shares; `pris` is shared by the whole company."""

    rng: Random
    rang: int
    etablissement: Etablissement
    mois: tuple[Mois, ...]
    pris: set[str]

    def draw(self, entree: Mois | None, numero: int) -> Salarie:
        """An employee who comes in the month `entree`, or was there before the first one."""
        rng = self.rng
        emploi = rng.choice(read_emplois(rng.choices(CATEGORIES, PARTS)[0]))
        apprenti = emploi.categorie == "apprenti"
        personne = self._draw_personne(JEUNE if apprenti else AGE)
        nature = CDD if apprenti or happens(rng, PART_CDD) else CDI
        debut = self._draw_debut(entree, nature, personne)
        fin, fin_prevue = self._draw_fin(debut, nature, apprenti=apprenti)
        return Salarie(
            personne=personne,
            matricule=f"M{self.etablissement.rang:02}{numero:05}",
            emploi=emploi,
            nature=nature,
            dispositif=self._dispositif() if apprenti else SANS_DISPOSITIF,
            debut=debut,
            fin=fin,
            fin_prevue=fin_prevue,
            motif_fin=FIN_CDD if nature == CDD else DEMISSION,
            salaire=rng.randrange(emploi.salaire_min, emploi.salaire_max + 1, 500),
            caisse=AUTRE_CAISSE if happens(rng, PART_AUTRE_CAISSE) else CNETP,
            taux_pas=rng.choice(TAUX_PAS),
            branche=rng.randint(0, 5),
        )

    def _dispositif(self) -> str:
        petite = self.etablissement.effectif < EFFECTIF_APPRENTISSAGE
        return APPRENTISSAGE_PETITE if petite else APPRENTISSAGE

    def _draw_personne(self, ages: tuple[int, int]) -> Personne:
        annee = self.mois[0].annee
        naissances = date(annee - ages[1] - 1, 1, 1), date(annee - ages[0] - 1, 12, 31)
        return draw_personne(self.rng, self.rang, self.pris, naissances)

    def _draw_debut(self, entree: Mois | None, nature: str, personne: Personne) -> date:
        """First day: in the month of entry, or before the first month, at 16 at the earliest."""
        if entree is not None:
            return draw_jour(self.rng, entree.first_day, entree.last_day)
        veille = self.mois[0].first_day - timedelta(days=1)
        anciennete = 90 if nature == CDD else 20 * ANNEE
        seize_ans = personne.naissance + timedelta(days=16 * ANNEE + 10)
        return draw_jour(self.rng, max(seize_ans, veille - timedelta(days=anciennete)), veille)

    def _draw_fin(
        self, debut: date, nature: str, *, apprenti: bool
    ) -> tuple[date | None, date | None]:
        """Day of the end and day written in the contract, both known from the start."""
        if apprenti:
            return date(debut.year + 2, 8, 31), date(debut.year + 2, 8, 31)
        if nature == CDD:
            fin = max(debut, self.mois[0].first_day) + timedelta(days=self.rng.randint(10, 200))
            return fin, fin
        sorties = [m for m in self.mois if m.first_day > debut and happens(self.rng, PART_SORTIE)]
        if not sorties:
            return None, None
        return draw_jour(self.rng, sorties[0].first_day, sorties[0].last_day), None
