"""A whole portfolio, one file at a time: memory holds one company, whatever the number of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from sample_files.generateur.carrieres import draw_salaries
from sample_files.generateur.corrections import draw_depots
from sample_files.generateur.declarations import (
    SANS_INDIVIDU,
    Declaration,
    message,
    write_message,
)
from sample_files.generateur.echanges import Envoi, generate_envois, open_dossier
from sample_files.generateur.entreprises import Entreprise, draw_entreprise
from sample_files.generateur.fautes import FAUTES
from sample_files.generateur.hasard import happens, stream
from sample_files.generateur.identites import RANGS
from sample_files.generateur.registre import draw_profil
from specs.periodes import Mois

# Headcounts of ten companies that follow one another, in tenths of the average: they sum to 100.
TAILLES = (12, 5, 8, 3, 19, 2, 6, 1, 40, 4)
MILLE = 1000


@dataclass(frozen=True, slots=True)
class Parametres:
    """What a portfolio is made of; ValueError when it can't be.

    `salaries` is the headcount of the whole, reached when `adherents` is a multiple of ten;
    `part_fautes` is in a thousand of the files; `echanges` asks for exchange files beside the DSN.
    """

    adherents: int
    salaries: int
    mois: tuple[Mois, ...]
    graine: int = 1
    part_fautes: int = 0
    essai: bool = False
    echanges: bool = False

    def __post_init__(self) -> None:
        """Refuse what can't be generated."""
        if not 1 <= self.adherents < RANGS:
            raise ValueError(f"nombre d'adhérents attendu de 1 à {RANGS - 1} : {self.adherents}")
        if self.salaries < self.adherents:
            raise ValueError("il faut au moins un salarié par adhérent")
        if not self.mois:
            raise ValueError("aucun mois à générer")
        if not 0 <= self.part_fautes <= MILLE:
            raise ValueError(f"part de fautes attendue de 0 à {MILLE} pour mille")

    def effectif(self, rang: int) -> int:
        """Headcount of the company of this rank: it depends on the average, not on the others."""
        moyenne = self.salaries // self.adherents
        return max(1, moyenne * TAILLES[(rang - 1) % len(TAILLES)] // 10)


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file to deposit, and what the generator knows of it.

    `faute` and `code_attendu` are empty for a good file; `bases` are the bases 20 it declares
    (cents), by month they belong to. `type` is the kind of an exchange file, without fraction;
    no `bases` for those that declare none.
    """

    adherent: str
    nom: str
    siret: str
    cdg: str
    mois: Mois
    type: str
    fraction: str
    ordre: int
    essai: bool
    faute: str
    code_attendu: str
    octets: bytes
    bases: dict[Mois, int] | None


def generate_entreprises(parametres: Parametres) -> Iterator[Entreprise]:
    """Companies of the portfolio, by rank."""
    for rang in range(1, parametres.adherents + 1):
        yield draw_entreprise(parametres.graine, rang, parametres.effectif(rang))


def generate_portefeuille(parametres: Parametres) -> Iterator[Fichier]:
    """Files of the portfolio: by company, then by month, in the order they are deposited."""
    for entreprise in generate_entreprises(parametres):
        yield from _generate_fichiers(parametres, entreprise)


def _generate_fichiers(parametres: Parametres, entreprise: Entreprise) -> Iterator[Fichier]:
    """The DSN, but those that a wage return stands for; then the exchange files, when asked for."""
    depots = draw_declarations(parametres, entreprise)
    if not parametres.echanges:
        yield from _write_dsn(parametres, entreprise, depots)
        return
    tous = list(depots)
    profil = draw_profil(parametres.graine, entreprise)
    dossier = open_dossier(parametres.graine, entreprise, profil, tous)
    declares = (d for d in tous if (d.etablissement.rang, d.mois) not in dossier.laissees)
    yield from _write_dsn(parametres, entreprise, declares)
    for envoi in generate_envois(dossier, parametres.part_fautes, essai=parametres.essai):
        yield _exchanged(entreprise, envoi)


def draw_declarations(parametres: Parametres, entreprise: Entreprise) -> Iterator[Declaration]:
    """Declarations by month, then establishment, in the order they are deposited."""
    graine = parametres.graine
    salaries = draw_salaries(graine, entreprise, parametres.mois)
    for mois in parametres.mois:
        for lieu in entreprise.etablissements:
            yield from draw_depots(graine, entreprise, lieu, salaries[lieu.rang], mois)


def _write_dsn(
    parametres: Parametres, entreprise: Entreprise, depots: Iterable[Declaration]
) -> Iterator[Fichier]:
    rng = stream(parametres.graine, entreprise.rang, "fautes")
    numeros = count(rng.randrange(len(FAUTES)))
    for declaration in depots:
        fautive = happens(rng, parametres.part_fautes)
        if fautive and declaration.type != SANS_INDIVIDU:
            yield _spoil(declaration, next(numeros), essai=parametres.essai)
        else:
            yield _write(declaration, essai=parametres.essai)


def _exchanged(entreprise: Entreprise, envoi: Envoi) -> Fichier:
    return Fichier(
        adherent=entreprise.numero_adherent,
        nom=envoi.nom,
        siret=envoi.siret,
        cdg=envoi.cdg,
        mois=envoi.mois,
        type=envoi.genre,
        fraction="",
        ordre=1,
        essai=envoi.essai,
        faute=envoi.faute,
        code_attendu=envoi.code_attendu,
        octets=envoi.octets,
        bases=envoi.bases,
    )


def _write(d: Declaration, *, essai: bool) -> Fichier:
    return _fichier(d, write_message([d], essai=essai), essai=essai)


def _spoil(d: Declaration, numero: int, *, essai: bool) -> Fichier:
    """The same file with a fault; faults follow one another, so that a portfolio shows them all."""
    nom = list(FAUTES)[numero % len(FAUTES)]
    constat = FAUTES[nom](message([d], essai=essai), d.entreprise.fin_de_ligne)
    codes = " ".join(sorted({code for code, _ in constat.codes}))
    return _fichier(d, constat.octets, essai=essai, faute=nom, code_attendu=codes)


def _fichier(
    d: Declaration, octets: bytes, *, essai: bool, faute: str = "", code_attendu: str = ""
) -> Fichier:
    siret = d.etablissement.siret
    return Fichier(
        adherent=d.entreprise.numero_adherent,
        nom=f"{siret}_{d.mois}_{d.type}_{d.fraction}_{d.ordre}.dsn",
        siret=siret,
        cdg=d.etablissement.cdg,
        mois=d.mois,
        type=d.type,
        fraction=d.fraction,
        ordre=d.ordre,
        essai=essai,
        faute=faute,
        code_attendu=code_attendu,
        octets=octets,
        bases=d.bases(),
    )


@dataclass(slots=True)
class Temoin:
    """Independent witness of the engine: bases 20 that must count, kept while files go by.

    For each establishment, month and fraction, the good real file of highest order counts.
    """

    retenus: dict[tuple[str, str, Mois, str], tuple[int, dict[Mois, int]]] = field(
        default_factory=dict
    )

    def add(self, fichier: Fichier) -> None:
        """Take one file into account."""
        if fichier.faute or fichier.essai or fichier.bases is None:
            return
        cle = (fichier.cdg, fichier.siret, fichier.mois, fichier.fraction)
        if cle not in self.retenus or self.retenus[cle][0] <= fichier.ordre:
            self.retenus[cle] = (fichier.ordre, fichier.bases)

    def sums(self) -> list[tuple[str, Mois, Mois, int]]:
        """Sorted (cdg, mois_appel, mois_rattachement, base in cents)."""
        sommes: dict[tuple[str, Mois, Mois], int] = {}
        for (cdg, _, mois, _), (_, bases) in self.retenus.items():
            for rattachement, base in bases.items():
                cle = (cdg, mois, rattachement)
                sommes[cle] = sommes.get(cle, 0) + base
        return sorted((*cle, base) for cle, base in sommes.items())


def observe(fichiers: Iterable[Fichier], temoin: Temoin) -> Iterator[Fichier]:
    """The same files, shown to the witness on their way."""
    for fichier in fichiers:
        temoin.add(fichier)
        yield fichier
