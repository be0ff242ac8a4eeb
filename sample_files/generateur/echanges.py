"""Exchange files of a company, that tell of the same people, wages and absences as its DSN.

A month, the stops of bad weather (ARI) and the wage returns (TDP) of establishments whose DSN is
left out; after the last month, the requests of some employees (DMC) with their certificates (CERT)
and accounts (RIB), and the certificates of those who left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count

from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from sample_files.generateur.bulletins import Bulletin
from sample_files.generateur.carrieres import Salarie
from sample_files.generateur.declarations import Declaration
from sample_files.generateur.entreprises import Entreprise, Etablissement
from sample_files.generateur.fautes_echanges import (
    FAUTES,
    FauteLigne,
    FauteOctets,
    find_attendu,
    list_fautes,
)
from sample_files.generateur.hasard import happens, stream
from sample_files.generateur.lignes_echanges import (
    DUREE,
    Ligne,
    build_arrets,
    build_certificat,
    build_compte,
    build_demande,
    build_releve,
    compute_presence,
    list_affilies,
)
from sample_files.generateur.registre import Profil
from specs.periodes import AVRIL, Mois

PART_XML, PART_ESSAI, PART_TDP, PART_DEMANDE = 400, 150, 200, 250  # in a thousand
JOUR_DU_DEPOT, HEURE_DU_DEPOT = 6, time(10)  # of the month that follows
DEPART = 4  # months between the last one and the leave that is asked for
PRESENCE_MINIMALE = 50  # hundredths of a month, below which a wage proves nothing
LOGICIEL = "CAISSE-GENERATEUR"
Cle = tuple[int, Mois]  # rank of the establishment, month


@dataclass(frozen=True, slots=True)
class Envoi:
    """An exchange file to deposit.

    `bases`: those of code 20 that it declares, cents, by month; None when it is no wage return.
    """

    genre: str
    siret: str
    cdg: str
    mois: Mois
    nom: str
    essai: bool
    faute: str
    code_attendu: str
    octets: bytes
    bases: dict[Mois, int] | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a company: its declarations that count, by establishment and month.

    `laissees`: those that no DSN declares.
    """

    graine: int
    entreprise: Entreprise
    profil: Profil
    declarations: Mapping[Cle, tuple[Declaration, ...]]
    laissees: frozenset[Cle]

    @property
    def mois(self) -> list[Mois]:
        """Its months, in order."""
        return sorted({mois for _, mois in self.declarations})

    def list_bulletins(self, cle: Cle) -> list[Bulletin]:
        """Pays of the employees of the fund in an establishment and month."""
        return [b for d in self.declarations[cle] for b in list_affilies(d)]


@dataclass(frozen=True, slots=True)
class Contenu:
    """Records of a file to be."""

    genre: str
    lieu: Etablissement
    mois: Mois
    lignes: list[Ligne]


def open_dossier(
    graine: int, entreprise: Entreprise, profil: Profil, depots: Iterable[Declaration]
) -> Dossier:
    """What the exchange files of a company tell of its declarations, in the order of deposit."""
    comptent: dict[Cle, dict[str, Declaration]] = {}
    for d in depots:
        comptent.setdefault((d.etablissement.rang, d.mois), {})[d.fraction] = d
    dossier = Dossier(
        graine,
        entreprise,
        profil,
        {cle: tuple(fractions.values()) for cle, fractions in comptent.items()},
        frozenset(),
    )
    if not (profil.conventions and profil.tdp):
        return dossier
    laissees = frozenset(
        cle
        for cle in dossier.declarations
        if dossier.list_bulletins(cle)
        and happens(stream(graine, entreprise.rang, "releve", *cle), PART_TDP)
    )
    return replace(dossier, laissees=laissees)


def generate_envois(dossier: Dossier, part_fautes: int, *, essai: bool) -> Iterator[Envoi]:
    """Files of a company, in the order they are deposited; none without a convention.

    Some are sent as a test, then as real; all are tests when `essai`.
    """
    if not dossier.profil.conventions:
        return
    rng = stream(dossier.graine, dossier.entreprise.rang, "echanges")
    numeros, fautes = count(1), count(rng.randrange(len(FAUTES)))
    xml = happens(rng, PART_XML)
    for contenu in _list_contenus(dossier):
        faute = ""
        if happens(rng, part_fautes):
            possibles = list_fautes(contenu.lignes)
            faute = possibles[next(fautes) % len(possibles)]
        numero = next(numeros)
        d_abord = happens(rng, PART_ESSAI) and not essai
        for mode_essai in (True, False) if d_abord else (essai,):
            yield write_envoi(dossier, contenu, numero, faute, essai=mode_essai, xml=xml)


def _list_contenus(dossier: Dossier) -> Iterator[Contenu]:
    """Those of each month, then those of the end; a file always has a record."""
    siege, lieux = dossier.entreprise.siege, dossier.entreprise.etablissements
    deja: dict[tuple[str, int], int] = {}
    for mois in dossier.mois:
        arrets = [
            ligne
            for lieu in lieux
            for ligne in build_arrets(
                lieu, mois, dossier.list_bulletins((lieu.rang, mois)), dossier.profil, deja
            )
        ]
        if arrets:
            yield Contenu("ARI", siege, mois, arrets)
        for lieu in lieux:
            if (lieu.rang, mois) in dossier.laissees:
                retenues = dossier.declarations[lieu.rang, mois]
                releve = build_releve(lieu, mois, retenues, dossier.profil)
                yield Contenu("TDP", lieu, mois, list(releve))
    fin = dossier.mois[-1]
    for genre, lignes in _list_conges(dossier, fin).items():
        if lignes:
            yield Contenu(genre, siege, fin, lignes)


def _list_conges(dossier: Dossier, fin: Mois) -> dict[str, list[Ligne]]:
    """Certificates, requests and accounts, by kind."""
    depart = _first_monday(fin.shift(DEPART))
    rng = stream(dossier.graine, dossier.entreprise.rang, "demandes")
    lignes: dict[str, list[Ligne]] = {"CERT": [], "DMC": [], "RIB": []}
    for lieu in dossier.entreprise.etablissements:
        for bulletins in _list_carrieres(dossier, lieu):
            salarie = bulletins[-1].salarie
            demande = _can_ask(salarie, fin, depart) and (
                happens(rng, PART_DEMANDE) or not lignes["DMC"]
            )
            if demande:
                lignes["DMC"].append(build_demande(lieu, salarie, depart, fin.last_day))
                compte = build_compte(dossier.entreprise.rang, salarie, fin.next().last_day)
                lignes["RIB"].append(compte)
            if demande or salarie.fin == bulletins[-1].fin:
                lignes["CERT"] += build_certificat(lieu, bulletins)
    return lignes


def _list_carrieres(dossier: Dossier, lieu: Etablissement) -> Iterator[list[Bulletin]]:
    """Pays of each employee who has leave, of the last reference period in which one worked."""
    par_salarie: dict[str, list[Bulletin]] = {}
    for mois in dossier.mois:
        for b in dossier.list_bulletins((lieu.rang, mois)):
            if not b.salarie.apprenti:
                par_salarie.setdefault(b.salarie.matricule, []).append(b)
    for bulletins in par_salarie.values():
        periode = _period(bulletins[-1].mois)
        derniers = [b for b in bulletins if _period(b.mois) == periode]
        if compute_presence(derniers) >= PRESENCE_MINIMALE:
            yield derniers


def _can_ask(salarie: Salarie, fin: Mois, depart: date) -> bool:
    """Whether the contract, which runs at the end, still does after the leave."""
    return salarie.is_present(fin) and (salarie.fin is None or salarie.fin > depart + DUREE)


def _period(mois: Mois) -> int:
    """First year of the reference period of a month, from April to March."""
    return mois.annee - (mois.numero < AVRIL)


def _first_monday(mois: Mois) -> date:
    premier = mois.first_day
    return premier + timedelta(days=-premier.weekday() % 7)


def write_envoi(
    dossier: Dossier,
    contenu: Contenu,
    numero: int,
    faute: str = "",
    *,
    essai: bool = False,
    xml: bool = False,
) -> Envoi:
    """One file, the `numero`-th of its company, right or with its fault."""
    jour = contenu.mois.next().first_day.replace(day=JOUR_DU_DEPOT)
    cree = f"{datetime.combine(jour, HEURE_DU_DEPOT):%Y%m%d%H%M%S}"
    mode, convention = "T" if essai else "R", f"{dossier.entreprise.rang:07}"
    entete = {
        "mode": mode,
        "convention": convention,
        "siren": dossier.entreprise.siren,
        "file_id": f"{contenu.genre}-{jour:%Y%m}-{numero:04}",
        "created": cree,
        "operation": "N",
        "software": LOGICIEL,
    }
    lignes, mise = contenu.lignes, FAUTES.get(faute)
    if isinstance(mise, FauteLigne):
        lignes = mise.spoil(lignes)
    fichier = compose_rows(contenu.genre, entete, lignes)
    fin_de_ligne = dossier.entreprise.fin_de_ligne.encode()
    octets = write_xml(fichier) if xml else write_fixe(fichier, fin_de_ligne)
    if isinstance(mise, FauteOctets):
        octets = mise.spoil(octets)
    return Envoi(
        genre=contenu.genre,
        siret=contenu.lieu.siret,
        cdg=contenu.lieu.cdg,
        mois=contenu.mois,
        nom=f"{contenu.genre}_{mode}_{convention}_{cree}_{numero:04}.{'xml' if xml else 'txt'}",
        essai=essai,
        faute=faute,
        code_attendu=find_attendu(faute, xml=xml),
        octets=octets,
        bases=_sum_bases(lignes) if contenu.genre == "TDP" else None,
    )


def _sum_bases(lignes: Iterable[Ligne]) -> dict[Mois, int]:
    """Bases 20 of a wage return."""
    return {
        Mois.parse(champs["att_month"]): champs["base"]
        for code, champs in lignes
        if code == "46" and champs["base_code"] == "20"
    }
