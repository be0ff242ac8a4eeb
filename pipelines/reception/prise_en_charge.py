"""Files from `depot/` to the journal, without loss or double whatever stops it.

The order is the safety: contents archived, claims opened, journal (committed), receipts, removals,
claims closed (see `reponses`). Each is done for a whole lot of files before the next begins, with a
few synchronisations of the disk and one transaction. A run killed anywhere leaves open claims that
the next one finishes, or nothing to finish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.metier import NatureFichier
from pipelines.reception.candidats import Candidat, Contenu, SourceDepots
from pipelines.reception.natures import ask_nature
from pipelines.reception.prises import Prise, new_jeton, write_prises
from pipelines.reception.regles import (
    EMPREINTE_DIFFERENTE,
    SUFFIXE_EMPREINTE,
    Mode,
    compute_nom_lisible,
    find_refus,
    parse_mode,
)
from pipelines.recus import Recu
from specs.octets import Octets
from warehouse.arrivees import Arrivee, record_depots
from warehouse.instants import format_instant
from warehouse.journal import CleEtape, Depot, find_etape, read_depot, record_etapes
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint

PRISES = "prises"  # folder of the open claims
Pris = tuple[Prise, Depot]  # a claim, and its row of the journal


@dataclass(frozen=True, slots=True)
class Contexte:
    """What every claim of one reception shares.

    `natures`: the kinds of file that are known; `utilisateurs`: users, by the name of their account
    whatever its case.
    """

    maison: Maison
    source: SourceDepots
    maintenant: datetime
    natures: tuple[NatureFichier, ...] = ()
    utilisateurs: Mapping[str, str] = field(default_factory=dict)

    def find_nature(self, adherent: str, nom: str, octets: Octets) -> NatureFichier | None:
        """The kind of a file, None when none is known."""
        recu = Recu(0, octets, nom, adherent)
        sures = (n for n in self.natures if not n.reconnait or ask_nature(n.reconnait, False, recu))
        return next(sures, None)

    @property
    def prises(self) -> Path:
        """Folder of the open claims."""
        return self.maison.reglages.dossier / PRISES

    @property
    def copie(self) -> Path:
        """Where a large file is until it is archived; one reception at a time reads one file."""
        return self.maison.reglages.dossier / "reception.en-cours"

    @property
    def laissees(self) -> Path:
        """Folder of the claims answered whose file was left in `depot/`."""
        return self.prises / "laissees"


@dataclass(frozen=True, slots=True)
class Annonce:
    """The `.sha256` file that accompanies a deposit, and the digest it gives (hex)."""

    fichier: Candidat
    empreinte: str


def build_prise(
    contexte: Contexte, candidat: Candidat, contenu: Contenu, annonce: Annonce | None
) -> Prise:
    """The claim of a complete file, from what was read of it and the digest that came with it."""
    differente = annonce is not None and annonce.empreinte != contenu.sha256
    limite = contexte.maison.reglages.taille_max_octets
    return Prise(
        adherent=candidat.adherent,
        nom=candidat.nom,
        octets=contenu.octets,
        marque=candidat.marque,
        sha256=contenu.sha256,
        recu_le=format_instant(contexte.maintenant),
        mode=_mode(contexte, candidat, contenu),
        avertissement=EMPREINTE_DIFFERENTE if differente else "",
        refus=find_refus(contenu.octets, limite) or "",
        laissee=contenu.donnees is None,
        annonce=annonce.fichier.marque if annonce else "",
        jeton=new_jeton(),
        nom_annonce=_unusual_name(candidat, annonce),
        utilisateur=contexte.utilisateurs.get((candidat.proprietaire or "").casefold(), ""),
    )


def open_prises(contexte: Contexte, prises: Sequence[Prise]) -> list[Pris]:
    """Open the claims of files whose contents are archived, and journal them.

    They still have to be answered.
    """
    crashpoint("reception.apres_archive")
    write_prises(contexte.prises, prises)
    depots = _record_prises(contexte.maison, prises)
    crashpoint("reception.apres_journal")
    return [*zip(prises, depots, strict=True)]


def find_pris(maison: Maison, prises: Iterable[Prise]) -> list[Pris]:
    """Those of these open claims that reached the journal."""
    pris = []
    with maison.moteur.connect() as connexion:
        for prise in prises:
            etape = find_etape(connexion, _cle(prise))
            if etape is not None:
                pris.append((prise, read_depot(connexion, etape.resultat["depot"])))
    return pris


def _mode(contexte: Contexte, candidat: Candidat, contenu: Contenu) -> Mode:
    """Whether the file calls itself a test or real, in the words of its kind."""
    octets = contenu.donnees or b""
    nature = contexte.find_nature(candidat.adherent, candidat.nom, octets)
    if nature is None or not nature.mode:
        return parse_mode(octets)
    mode: Mode = ask_nature(nature.mode, "inconnu", octets)
    return mode


def _unusual_name(candidat: Candidat, annonce: Annonce | None) -> str:
    """Name of the digest when it is not the name of the file and `.sha256` (capitals)."""
    usuel = candidat.nom + SUFFIXE_EMPREINTE
    return "" if annonce is None or annonce.fichier.nom == usuel else annonce.fichier.nom


def _record_prises(maison: Maison, prises: Sequence[Prise]) -> list[Depot]:
    """The deposits, their refusals and the keys of the claims, in one transaction."""
    arrivees = [
        Arrivee(
            prise.adherent,
            compute_nom_lisible(prise.nom),
            prise.sha256,
            prise.octets,
            prise.recu_le,
            prise.utilisateur or None,
            prise.refus,
        )
        for prise in prises
    ]
    with maison.moteur.begin() as connexion:
        depots = record_depots(connexion, arrivees)
        faites = {
            _cle(prise): {"depot": depot.depot} for prise, depot in zip(prises, depots, strict=True)
        }
        record_etapes(connexion, faites)
    return depots


def _cle(prise: Prise) -> CleEtape:
    # Neither the specs nor the code decide whether bytes were received: an upgrade changes nothing.
    return CleEtape(
        etape="reception",
        portee=prise.adherent,
        empreinte_entrees=prise.empreinte,
        version_specs="",
        version_code="",
    )
