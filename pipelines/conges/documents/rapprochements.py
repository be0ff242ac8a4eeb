"""Payslips, DSN and certificates of a company side by side, as tables; employees are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from parsers.bulletins import Bulletins
from pipelines.conges.regles.rapprochements import compute_mois, compute_salaries
from pipelines.editique.dossiers import Dossier
from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau, identify
from pipelines.editique.valeurs import Entreprise
from specs.documents import read_modeles

MODELE = "rapprochement_conges"
TABLES = ("bases", "contrats", "certificats", "salaries")
QUI = ["siren", "salarie"]
# Each cause of a month: in words, what to do.
CAUSES = {
    "SANS_DSN": (
        "aucune DSN ne déclare ce salarié pour ce mois",
        "Envoyer la DSN du mois, ou l'y ajouter dans une annule et remplace.",
    ),
    "BASE_ABSENTE": (
        "la DSN déclare le salarié sans base 20",
        "Envoyer ce bloc dans la prochaine DSN : il régularise le mois.",
    ),
    "BASE_ECARTEE": (
        "la base est déclarée, mais n'est pas retenue",
        "Lire l'anomalie de cette base : caisse anomalies.",
    ),
    "MOIS_VOISIN": (
        "un mois voisin porte la même différence, de sens contraire",
        "Vérifier la période de la base (S21.G00.78.002 et 78.003) : elle décide du mois.",
    ),
    "BULLETIN_ABSENT": (
        "le fichier des bulletins ne dit rien de ce mois",
        "Vérifier l'extraction de la paie.",
    ),
    "MONTANTS": (
        "les montants diffèrent",
        "Si le bulletin est juste, envoyer ce bloc dans la prochaine DSN : il porte la différence.",
    ),
}
CAUSES_CERTIFICAT = {
    "SANS_CERTIFICAT": "aucun certificat : le contrat ne relève pas des congés de la caisse",
    "CERTIFICAT_RECU": "un certificat reçu (CERT) entre dans celui-ci",
    "MOIS_MANQUANTS": "des mois de contrat manquent, et ne donnent rien",
    "MONTANTS": "le certificat ne compte pas toutes ces bases : un certificat reçu passe avant",
}


class BulletinsRefuses(ValueError):  # noqa: N818 - named in French
    """The file of payslips cannot be used; the message, in French, says why."""


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Rows of both sheets, by name of column."""

    entreprise: Entreprise
    exercice: int
    mois: Sequence[Mapping[str, Cellule]]
    salaries: Sequence[Mapping[str, Cellule]]
    date_arrete: date
    publication: int


def read_bulletins(bulletins: Bulletins, salaries: pl.DataFrame) -> pl.DataFrame:
    """salarie, mois, bulletin_centimes of the payslips. `salaries`: contract, of one company.

    Raises:
        BulletinsRefuses: a line is wrong, or a number is of nobody, or of several.
    """
    if bulletins.fautes:
        raise BulletinsRefuses("\n".join(bulletins.fautes))
    connus = salaries.select("matricule", "salarie").drop_nulls().unique()
    dits = bulletins.lignes["matricule"].unique()
    nombres = dict(connus.group_by("matricule").len().iter_rows())
    if fautifs := sorted(m for m in dits if nombres.get(m, 0) != 1):
        raise BulletinsRefuses(
            f"matricules inconnus de la caisse, ou de plusieurs salariés : {', '.join(fautifs)}"
        )
    return bulletins.lignes.join(connus, on="matricule").drop("matricule")


def compose_rapprochement(
    dossier: Dossier, exercice: int, bulletins: Bulletins, personnes: pl.DataFrame
) -> Rapprochement:
    """Of one company and leave year; needs TABLES. `personnes`: of `read_personnes`."""
    tables, siren = dossier.tables, dossier.entreprise.siren
    payes = read_bulletins(bulletins, tables["salaries"])
    mois = compute_mois(payes, tables["bases"], tables["contrats"], exercice)
    emis = tables["certificats"].filter(pl.col("en_vigueur"), exercice=exercice)
    noms = tables["salaries"].select(*QUI, "matricule").join(
        personnes.select(*QUI, nom="surname", prenoms="first_name"), on=QUI, how="left"
    )  # fmt: skip
    siens = noms.filter(siren=siren).drop("siren")
    return Rapprochement(
        entreprise=dossier.entreprise,
        exercice=exercice,
        mois=tuple(_describe_months(_named(mois, siens))),
        salaries=tuple(_describe_employees(_named(compute_salaries(mois, emis), siens))),
        date_arrete=dossier.date_arrete,
        publication=dossier.publication,
    )


def _named(lignes: pl.DataFrame, noms: pl.DataFrame) -> pl.DataFrame:
    nommees = lignes.join(noms, on="salarie", how="left", maintain_order="left")
    return nommees.sort("nom", "prenoms", "salarie", nulls_last=True, maintain_order=True)


def _describe_months(lignes: pl.DataFrame) -> Iterator[dict[str, Cellule]]:
    for ligne in lignes.iter_rows(named=True):
        cause, remede = CAUSES.get(ligne["cause"], (None, None))
        yield {
            **{nom: ligne[nom] for nom in ("matricule", "nom", "prenoms", "mois")},
            **{n: ligne[f"{n}_centimes"] for n in ("bulletin", "dsn", "ecartee", "ecart")},
            "cause": cause,
            "remede": remede,
            "bloc": " ; ".join(ligne["bloc"].splitlines()) if ligne["bloc"] else None,
        }


def _describe_employees(lignes: pl.DataFrame) -> Iterator[dict[str, Cellule]]:
    for ligne in lignes.iter_rows(named=True):
        yield {
            **{nom: ligne[nom] for nom in ("matricule", "nom", "prenoms", "completude")},
            **{n: ligne[f"{n}_centimes"] for n in ("bulletin", "dsn", "certificat", "ecart")},
            "manquants": ligne["mois_manquants"],
            "cause": CAUSES_CERTIFICAT.get(ligne["cause"]),
        }


def compose_rapprochement_tableaux(r: Rapprochement) -> Tableaux:
    """The columns of `specs/documents/conges.yaml`."""
    return Tableaux(
        modele=read_modeles()[MODELE],
        identite=(
            *identify(r.entreprise),
            ("Exercice", f"{r.exercice} (1er avril {r.exercice - 1} - 31 mars {r.exercice})"),
        ),
        tableaux=(
            compose_tableau(MODELE, "mois", r.mois),
            compose_tableau(MODELE, "salaries", r.salaries),
        ),
        date_arrete=r.date_arrete,
        publication=r.publication,
    )
