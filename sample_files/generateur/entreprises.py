"""Synthetic companies: SIREN and SIRET with valid keys, management centres, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sample_files.generateur.hasard import happens, stream
from sample_files.generateur.identites import draw_voie
from sample_files.generateur.listes import Commune, read_communes, read_liste

PREFIXE_SIREN = "999"  # the register has not reached these numbers
LF, CRLF = "\n", "\r\n"
EFFECTIF_PLUSIEURS = 15  # employees from which a company may have several establishments
CDG_UNIQUE, SANS_SALARIE = 200, 100  # in a thousand: one centre for all; an empty establishment


@dataclass(frozen=True, slots=True)
class Etablissement:
    """An establishment: its SIRET, its management centre, its address and its headcount."""

    rang: int
    siret: str
    cdg: str
    ape: str
    voie: str
    commune: Commune
    effectif: int

    @property
    def nic(self) -> str:
        """Last five digits of the SIRET."""
        return self.siret[9:]


@dataclass(frozen=True, slots=True)
class Entreprise:
    """A member of the fund; `rang` (from 1) is its place in the portfolio, all is drawn from it."""

    rang: int
    siren: str
    numero_adherent: str
    raison_sociale: str
    fin_de_ligne: str
    etablissements: tuple[Etablissement, ...]

    @property
    def siege(self) -> Etablissement:
        """The head office: its first establishment."""
        return self.etablissements[0]


def compute_cle(chiffres: str) -> str:
    """The Luhn key that makes `chiffres` followed by it valid."""
    somme = sum(
        sum(divmod(int(c) * (2 if rang % 2 == 0 else 1), 10))
        for rang, c in enumerate(reversed(chiffres))
    )
    return str(-somme % 10)


def compute_siren(rang: int) -> str:
    """SIREN of the company of this rank."""
    chiffres = f"{PREFIXE_SIREN}{rang:05}"
    return chiffres + compute_cle(chiffres)


def compute_siret(siren: str, rang: int) -> str:
    """SIRET of the establishment of this rank (from 1)."""
    chiffres = f"{siren}{rang:04}"
    return chiffres + compute_cle(chiffres)


def draw_entreprise(graine: int, rang: int, effectif: int) -> Entreprise:
    """The company of this rank, with about `effectif` employees."""
    rng = stream(graine, rang, "entreprise")
    siren = compute_siren(rang)
    activite = rng.choice(read_liste("activites"))
    nombre = rng.choice((1, 2, 2, 3)) if effectif >= EFFECTIF_PLUSIEURS else 1
    un_cdg = happens(rng, CDG_UNIQUE)
    etablissements = tuple(
        Etablissement(
            rang=numero,
            siret=compute_siret(siren, numero),
            cdg=f"C{rang:05}{1 if un_cdg else numero:02}",
            ape=activite["ape"],
            voie=draw_voie(rng),
            commune=rng.choice(read_communes()),
            effectif=_share(rng, effectif, nombre, numero),
        )
        for numero in range(1, nombre + 1)
    )
    return Entreprise(
        rang=rang,
        siren=siren,
        numero_adherent=f"A{rang:05}",
        raison_sociale=f"{activite['activite']} EXEMPLE {rang}",
        fin_de_ligne=rng.choice((LF, CRLF)),
        etablissements=etablissements,
    )


def _share(rng: Random, effectif: int, nombre: int, numero: int) -> int:
    """Headcount of one establishment: the head office takes what is left over."""
    if numero == 1:
        return max(1, effectif // nombre + effectif % nombre)
    return 0 if happens(rng, SANS_SALARIE) else effectif // nombre
