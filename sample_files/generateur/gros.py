"""One huge declaration, for measures: many individuals, each as heavy as in a real monthly DSN."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sample_files.generateur.bulletins import INTEMPERIES, Absence, Bulletin
from sample_files.generateur.carrieres import CDI, CNETP, SANS_DISPOSITIF, Salarie
from sample_files.generateur.declarations import ENTIERE, NORMALE, Declaration, declaration, entete
from sample_files.generateur.ecriture import (
    LIGNES_DU_PIED,
    PIED,
    VERSIONS,
    Lignes,
    bloc,
    encode,
    montant,
)
from sample_files.generateur.entreprises import Entreprise, draw_entreprise
from sample_files.generateur.identites import Personne, compute_nir
from sample_files.generateur.individus import base, individu
from sample_files.generateur.listes import read_communes, read_emplois, read_liste
from specs.periodes import Mois

LIGNES_PAR_INDIVIDU = 260
PAR_LOT = 200
BASES = ("02", "03", "04", "07")  # bases with contributions under them
NIR_MODELE, DEPARTEMENT_MODELE = "1800101990001", "01"
NAISSANCE = date(1980, 1, 1)


def write_gros_fichier(chemin: Path, lignes: int, version: str) -> int:
    """Write one declaration of about `lignes` lines; return how many were written.

    Individuals share their content but for the NIR, the department of birth and the number in the
    company. `version` is one of those of `ecriture.VERSIONS` (KeyError).
    """
    mois = Mois({v: annee for annee, v in VERSIONS.items()}[version], 3)
    tete, modele = _tete(mois), _modele(mois)
    nombre = max(1, (lignes - len(tete) - LIGNES_DU_PIED) // len(modele))
    total = len(tete) + nombre * len(modele) + LIGNES_DU_PIED
    with chemin.open("wb") as sortie:
        sortie.write(encode(tete, "\n"))
        sortie.writelines(_individus(encode(modele, "\n"), nombre))
        sortie.write(encode(bloc(PIED, {"001": str(total), "002": "1"}), "\n"))
    return total


def _individus(modele: bytes, nombre: int) -> Iterator[bytes]:
    """Bytes of the individuals, some hundreds at a time."""
    avant, apres = modele.split(NIR_MODELE.encode())
    milieu, fin = apres.split(b"S21.G00.30.014,'01'")
    identite, fin = fin.split(b"M0000000")
    for debut in range(0, nombre, PAR_LOT):
        lot = []
        for rang in range(debut, min(debut + PAR_LOT, nombre)):
            nir = compute_nir("1", NAISSANCE, rang).encode()
            departement = b"S21.G00.30.014,'%s'" % nir[5:7]
            lot += [avant, nir, milieu, departement, identite, b"M%07d" % rang, fin]
        yield b"".join(lot)


def _entreprise() -> Entreprise:
    return draw_entreprise(graine=1, rang=1, effectif=1)


def _tete(mois: Mois) -> Lignes:
    """Header of the message, then the declaration without its individuals."""
    entreprise = _entreprise()
    d = Declaration(
        entreprise=entreprise,
        etablissement=entreprise.siege,
        mois=mois,
        type=NORMALE,
        fraction=ENTIERE,
        ordre=1,
        constitution=mois.next().first_day,
        bulletins=(),
        interim=31_250,
    )
    return entete(entreprise, VERSIONS[mois.annee], essai=False, neant=False) + declaration(d)


def _modele(mois: Mois) -> Lignes:
    """Lines of one individual: an ordinary pay, then contributions, up to the usual number."""
    lignes = individu(_bulletin(mois), _entreprise().siege.siret)
    coupe = next(n for n, ligne in enumerate(lignes) if ligne.startswith("S21.G00.78"))
    suite = next(n for n, ligne in enumerate(lignes) if ligne.startswith("S21.G00.86"))
    autres = [ligne for ligne in lignes[coupe:suite] if ligne]
    # Bases 02 and 03 come first in an ordinary pay: four lines each.
    ordinaires = autres[8:]
    lourdes = [ligne for code in BASES for ligne in _base_with_cotisations(code, mois)]
    manquantes = LIGNES_PAR_INDIVIDU - len(lignes) + 8 - len(lourdes)
    periode = (mois.first_day, mois.last_day)
    remplissage = [
        ligne
        for _ in range(max(0, manquantes // 7))
        for ligne in (*base("10", periode, 210_000), *_cotisation("048", 250))
    ]
    return lignes[:coupe] + lourdes + remplissage + ordinaires + lignes[suite:]


def _base_with_cotisations(code: str, mois: Mois) -> Lignes:
    """A base and the contributions computed on it."""
    lignes = base(code, (mois.first_day, mois.last_day), 210_000)
    for ligne in read_liste("cotisations"):
        if ligne["base"] == code:
            lignes += _cotisation(ligne["code"], int(ligne["taux_millieme"]))
    return lignes


def _cotisation(code: str, taux: int) -> Lignes:
    """One block 81; `taux` in thousandths of a percent."""
    return bloc(
        "S21.G00.81",
        {
            "001": code,
            "003": "2100.00",
            "004": montant(210_000 * taux // 100_000),
            "007": f"{taux // 1000}.{taux % 1000:03}",
        },
    )


def _bulletin(mois: Mois) -> Bulletin:
    """The pay that every individual of the file repeats."""
    personne = Personne(
        nir=NIR_MODELE,
        nom="EXEMPLE",
        prenom="ÉLODIE",
        naissance=NAISSANCE,
        departement=DEPARTEMENT_MODELE,
        lieu="LYON",
        voie="3 IMPASSE DES CHÊNES",
        commune=read_communes()[0],
    )
    salarie = Salarie(
        personne=personne,
        matricule="M0000000",
        emploi=read_emplois("ouvrier")[0],
        nature=CDI,
        dispositif=SANS_DISPOSITIF,
        debut=date(2012, 9, 3),
        fin=None,
        fin_prevue=None,
        motif_fin="",
        salaire=230_000,
        caisse=CNETP,
        taux_pas=310,
        branche=3,
    )
    jours = (date(mois.annee, mois.numero, 10), date(mois.annee, mois.numero, 11))
    return Bulletin(
        salarie=salarie,
        mois=mois,
        debut=mois.first_day,
        fin=mois.last_day,
        brut=210_000,
        prime=10_000,
        absence=Absence(INTEMPERIES, *jours, 2),
        regularisation=None,
    )
