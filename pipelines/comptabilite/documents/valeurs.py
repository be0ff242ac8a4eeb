"""What the documents of the members' accounts contain: statement, summary, bases of employees.

Money in centimes, rates in parts per million, months as `AAAA-MM`; periods include both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from pipelines.editique.valeurs import Entreprise


@dataclass(frozen=True, slots=True)
class Mouvement:
    """One line of a statement: what the company owes more (debit) or less (credit).

    `journal` is that of the ledger; `reference` names the call, the payment or the decision.
    """

    date_comptable: date
    date_valeur: date
    journal: str
    cdg: str
    libelle: str
    reference: str
    debit_centimes: int
    credit_centimes: int


@dataclass(frozen=True, slots=True)
class Creance:
    """A call and what is left of it at the date of the statement (contract `creances`)."""

    appel: str
    cdg: str
    mois_appel: str
    date_exigibilite: date
    montant_centimes: int
    regle_centimes: int
    reste_centimes: int
    majorations_centimes: int
    reste_majorations_centimes: int
    mois_retard: int
    etat: str


@dataclass(frozen=True, slots=True)
class Majoration:
    """A part of the late increase of a call: `base` x `taux` x `mois` months started.

    Parts are rounded so that those of a call add up to its one rounded amount. A part without a
    base is a remission, or what a plan or a payment ordered in time changed.
    """

    appel: str
    cdg: str
    libelle: str
    base_centimes: int | None
    taux_ppm: int | None
    mois: int | None
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class Anciennete:
    """What is owed by age, late increases included, and the credit not allocated yet."""

    a_echoir_centimes: int
    echu_0_30_centimes: int
    echu_31_60_centimes: int
    echu_61_90_centimes: int
    echu_plus_90_centimes: int
    avoir_centimes: int

    @property
    def solde_centimes(self) -> int:
        """All of it: what the statement closes on."""
        echu = self.echu_0_30_centimes + self.echu_31_60_centimes
        echu += self.echu_61_90_centimes + self.echu_plus_90_centimes
        return self.a_echoir_centimes + echu - self.avoir_centimes


@dataclass(frozen=True, slots=True)
class Remboursements:
    """What the fund owes the company and pays it, over the period: positive when still to pay.

    A debit is what was paid, or is to be taken back; a credit what is due.
    """

    ouverture_centimes: int
    mouvements: tuple[Mouvement, ...]

    @property
    def soldes_centimes(self) -> tuple[int, ...]:
        """What is still to be paid after each line."""
        ecarts = (m.credit_centimes - m.debit_centimes for m in self.mouvements)
        return tuple(accumulate(ecarts, initial=self.ouverture_centimes))[1:]

    @property
    def cloture_centimes(self) -> int:
        """What is still to be paid after the last line."""
        return self.soldes_centimes[-1] if self.mouvements else self.ouverture_centimes


@dataclass(frozen=True, slots=True)
class Releve:
    """Statement of account over a period, closed at `fin`."""

    entreprise: Entreprise
    debut: date
    fin: date
    ouverture_centimes: int
    mouvements: tuple[Mouvement, ...]
    creances: tuple[Creance, ...]
    majorations: tuple[Majoration, ...]
    anciennete: Anciennete
    date_arrete: date
    publication: int
    remboursements: Remboursements = Remboursements(0, ())

    @property
    def soldes_centimes(self) -> tuple[int, ...]:
        """Running balance after each line."""
        ecarts = (m.debit_centimes - m.credit_centimes for m in self.mouvements)
        return tuple(accumulate(ecarts, initial=self.ouverture_centimes))[1:]

    @property
    def cloture_centimes(self) -> int:
        """Balance after the last line: positive when the company owes it."""
        return self.soldes_centimes[-1] if self.mouvements else self.ouverture_centimes
