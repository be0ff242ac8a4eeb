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
from sample_files.generateur.individus import (
    absences,
    anciennetes,
    base,
    identite_et_contrat,
    remunerations,
    versement,
)
from sample_files.generateur.listes import read_communes, read_emplois, read_liste
from specs.periodes import Mois

LIGNES_PAR_INDIVIDU = 260
PAR_LOT = 200
BASES = ("02", "03", "04", "07")  # bases with contributions under them
BASES_CAISSE = ("20", "21", "34")
BRUT = 210_000  # cents
NIR_MODELE, DEPARTEMENT_MODELE, MATRICULE_MODELE = "1800101990001", "01", "M0000000"
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
    milieu, fin = apres.split(f"S21.G00.30.014,'{DEPARTEMENT_MODELE}'".encode())
    identite, fin = fin.split(MATRICULE_MODELE.encode())
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
    """Lines of one individual: an ordinary pay with the contributions of a real one."""
    bulletin = _bulletin(mois)
    avant = [
        *identite_et_contrat(bulletin.salarie, _entreprise().siege.siret),
        *absences(bulletin),
        *bloc("S21.G00.71", {"002": "RUAA"}),
        *versement(bulletin),
        *remunerations(bulletin),
    ]
    lourdes = [ligne for code in BASES for ligne in _base_with_cotisations(code, mois)]
    apres = [ligne for code in BASES_CAISSE for ligne in _base(code, mois)]
    apres += anciennetes(bulletin)
    # Contributions with their own base fill what is left of the usual number of lines.
    complement = [*_base("10", mois), *_cotisation("048", 250)]
    manquantes = LIGNES_PAR_INDIVIDU - len(avant) - len(lourdes) - len(apres)
    return avant + lourdes + complement * max(0, manquantes // len(complement)) + apres


def _base(code: str, mois: Mois) -> Lignes:
    return base(code, (mois.first_day, mois.last_day), BRUT)


def _base_with_cotisations(code: str, mois: Mois) -> Lignes:
    """A base and the contributions computed on it."""
    lignes = _base(code, mois)
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
            "003": montant(BRUT),
            "004": montant(BRUT * taux // 100_000),
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
        matricule=MATRICULE_MODELE,
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
        brut=BRUT,
        prime=10_000,
        absence=Absence(INTEMPERIES, *jours, 2),
        regularisation=None,
    )
