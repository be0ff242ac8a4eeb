"""What the documents of an employee show: amounts in cents, days and hours in hundredths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Beneficiaire:
    """Who a document is for, and the company that pays his contributions."""

    nom: str
    matricule: str | None
    employeur: str
    siren: str


@dataclass(frozen=True, slots=True)
class LigneRetenue:
    """A line of a statement: code (contract `lignes_decompte`), base, rate (ppm), amount."""

    code: str
    assiette_centimes: int
    taux_ppm: int | None
    montant_centimes: int


@dataclass(frozen=True, slots=True)
class Methodes:
    """Both methods of an indemnity, and the pay that the first one is made from."""

    btp_centimes: int | None
    dixieme_centimes: int
    r_centimes: int | None
    brut_centimes: int
    jours_legaux: int


@dataclass(frozen=True, slots=True)
class Decompte:
    """A row of the contract `decomptes` with its lines; `methodes`: none when they have changed."""

    beneficiaire: Beneficiaire
    decompte: str
    exercice: int
    nature: str
    motif: str
    annule: str | None
    debut: date
    fin: date
    jours_centiemes: int
    mois_emploi: int
    mois_payes: int
    methode: str
    indemnite_exercice_centimes: int
    indemnite_due_centimes: int
    indemnite_centimes: int
    prime_due_centimes: int
    prime_centimes: int
    brut_centimes: int
    mode_retraite: str
    net_imposable_centimes: int
    net_centimes: int
    reste_centiemes: int
    date_paiement: date
    date_arrete: date
    publication: int
    lignes: tuple[LigneRetenue, ...]
    methodes: Methodes | None


@dataclass(frozen=True, slots=True)
class Compteur:
    """Days of one counter: acquired, taken, left; `fin`: the last day to take them."""

    compteur: str
    acquis_centiemes: int
    pris_centiemes: int
    reste_centiemes: int
    fin: date | None


@dataclass(frozen=True, slots=True)
class Exercice:
    """What was acquired of one leave year (contract `droits`) and its counters."""

    exercice: int
    travail_fractions: int
    maladie_fractions: int
    forfait_fractions: int
    retenus_fractions: int
    brut_centimes: int
    r_centimes: int | None
    jours_legaux: int
    methode: str
    btp_centimes: int | None
    dixieme_centimes: int
    indemnite_centimes: int
    prime_due: bool
    heures_seuil_centiemes: int
    compteurs: tuple[Compteur, ...]


@dataclass(frozen=True, slots=True)
class Releve:
    """The rights of an employee, all companies together, by leave year, as of a publication."""

    beneficiaire: Beneficiaire
    exercices: tuple[Exercice, ...]
    date_arrete: date
    publication: int


@dataclass(frozen=True, slots=True)
class Certificat:
    """A row of the contract `certificats`, for whom it is about."""

    beneficiaire: Beneficiaire
    certificat: str
    exercice: int
    nature: str
    debut: date
    fin: date
    categorie: str | None
    completude: int
    mois_manquants: str | None
    mois_travail_fractions: int
    mois_maladie_fractions: int
    heures_centiemes: int
    heures_activite_partielle_centiemes: int
    heures_intemperies_centiemes: int
    horaire_centiemes: int | None
    brut_centimes: int
    r_centimes: int | None
    r_mois: str | None
    jours_precedents_centiemes: int
    indemnite_precedente_centimes: int
    remplace: str | None
    en_vigueur: bool
    visible_le: date | None
    date_arrete: date
    publication: int


@dataclass(frozen=True, slots=True)
class Pourquoi:
    """A right told to whom it belongs: titles, each with its sentences."""

    beneficiaire: Beneficiaire
    droit: str
    exercice: int
    jours_legaux: int
    indemnite_centimes: int
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    date_arrete: date
    publication: int


@dataclass(frozen=True, slots=True)
class AttestationFiscale:
    """A row of the contract `attestations_fiscales`."""

    beneficiaire: Beneficiaire
    annee: int
    brut_centimes: int
    net_imposable_centimes: int
    pas_centimes: int
    date_arrete: date
    publication: int


@dataclass(frozen=True, slots=True)
class Refus:
    """A request that is refused; `codes`: why, those of the layouts. Without dates: None."""

    beneficiaire: Beneficiaire
    demande: str
    nature: str
    debut: date | None
    fin: date | None
    codes: tuple[str, ...]
    date_arrete: date
    publication: int
