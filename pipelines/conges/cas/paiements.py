"""What a case says of requests and payments, night by night. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.conges.cas.certificats import a_rate
from pipelines.conges.cas.tables import (
    CONNU,
    EUROS,
    JOURS,
    QUI,
    SALARIE,
    SIREN,
    TOUJOURS,
    Lecteur,
    Ligne,
    a_day,
    a_text,
    an_integer,
    hundredths,
    needed,
)
from pipelines.conges.regles.acquisition.acquis import HEURES_DU_MOIS
from pipelines.conges.regles.paiement.demandes import LUES
from pipelines.conges.regles.paiement.methodes import read_wage
from specs.banque.target import add_business_days, previous_business_day

DEMANDE: Mapping[str, Lecteur] = MappingProxyType(
    {
        **QUI, "recu": needed(date), "req_id": a_text("R1"), "action": a_text("N"),
        "exercice": an_integer, "from": a_day, "resume": a_day, "days": hundredths(JOURS, 100),
        "nature": a_text("CP"), "isolated": a_text("N"), "avg_wage": hundredths(EUROS),
        "rate": a_rate, "dept": a_text("77"), "jusque": a_day,
    }
)  # fmt: skip
QUAND: Mapping[str, Lecteur] = {"debut": a_day, "fin": a_day}
TABLES: Mapping[str, Mapping[str, Lecteur]] = MappingProxyType(
    {
        "mois_dus": {**QUI, "mois": needed(str), "paye_le": a_day},
        "comptes": {"salarie": a_text(SALARIE), **QUAND},
        "taux_pas": {"salarie": a_text(SALARIE), "mois": needed(str), "taux_ppm": needed(int)},
        "centres": {**QUI, "mode_retraite": a_text()},
        "saisies": {
            "salarie": a_text(SALARIE), "saisie": a_text("1"), **QUAND,
            "montant": hundredths(EUROS), "part_ppm": an_integer, "protege": hundredths(EUROS, 0),
        },
        "annulations": {"siren": a_text(SIREN), "req_id": a_text("R1")},
        "renonciations": {"siren": a_text(SIREN), "req_id": a_text("R1")},
        "compensations": {"siren": a_text(SIREN), "req_id": a_text("R1"), "effet": needed(date)},
        "heritiers": {
            "siren": a_text(SIREN), "req_id": a_text("R1"), "rang": needed(int),
            "part_ppm": needed(int), "effet": needed(date),
        },
        "virements": {"decompte": needed(str), "regle_le": a_day, "tenu_le": a_day},
    }
)  # fmt: skip
CHAMPS = ("demandes", *TABLES)
OPTIONS = (
    "activite_partielle_dixieme", "prime_dans_dixieme", "revalorisation_r", "defaillance",
    "plafond_conge", "mode_retraite", "base_grille_pas", "recuperation", "regularisation",
)  # fmt: skip
UN_JOUR = timedelta(days=1)
DEUX = 2  # business days before an execution


@dataclass(frozen=True, slots=True)
class Demandes:
    """`demandes`: lines of DMC files; `tables`: those of TABLES, each row with CONNU."""

    demandes: tuple[Ligne, ...]
    tables: Mapping[str, tuple[Ligne, ...]]

    def nights(self) -> Iterator[date]:
        """Days on which something becomes known, and those on which an order leaves."""
        for demande in self.demandes:
            yield demande["recu"]
            if demande["from"] is not None:
                yield last_night(demande["from"])
        for lignes in self.tables.values():
            yield from (ligne[CONNU] for ligne in lignes if ligne[CONNU] > TOUJOURS)
            yield from (ligne["paye_le"] for ligne in lignes if ligne.get("paye_le"))

    def read(self, nuit: date, horaires: pl.DataFrame) -> pl.DataFrame:
        """LUES of that night. `horaires`: salarie, horaire_centiemes of the contract."""
        lues = [
            {
                "siren": d["siren"], "demande": d["req_id"], "depot": f"D{n:08d}", "rang": 2,
                "recue_le": f"{d['recu']}T08:00:00Z", "recu_jour": d["recu"],
                "action": d["action"], "salarie": d["salarie"], "exercice": d["exercice"],
                "nature": d["nature"], "debut": d["from"], "reprise": d["resume"],
                "isole": d["isolated"] == "O", "departement": d["dept"],
                "jours_demandes": d["days"], "avg_wage": d["avg_wage"], "rate": d["rate"],
            }
            for n, d in enumerate(self.demandes, 1)
            if d["recu"] <= nuit and (d["jusque"] is None or nuit < d["jusque"])
        ]  # fmt: skip
        schema = {**LUES, "avg_wage": pl.Int64(), "rate": pl.Int64()}
        frame = pl.DataFrame([{c: d.get(c) for c in schema} for d in lues], pl.Schema(schema))
        horaire = pl.col("horaire_centiemes").fill_null(HEURES_DU_MOIS)
        return (
            frame.join(horaires, on="salarie", how="left", maintain_order="left")
            .with_columns(salaire_centimes=read_wage(pl.col("avg_wage"), pl.col("rate"), horaire))
            .select(LUES.names())
        )

    def known(self, nom: str, nuit: date) -> list[Ligne]:
        """Rows of a table that are known that night."""
        return [ligne for ligne in self.tables[nom] if ligne[CONNU] <= nuit]


def last_night(depart: date) -> date:
    """The last night whose second business day after is not later than the day of payment."""
    voulu = previous_business_day(depart)
    nuit = voulu
    while add_business_days(nuit, DEUX) > voulu:
        nuit -= UN_JOUR
    return nuit


def parse_demandes(champs: Champs) -> Demandes:
    """Requests and what their payment depends on; CasInvalide names what is wrong."""
    tables = {nom: tuple(_rows(champs, nom, lecteurs)) for nom, lecteurs in TABLES.items()}
    demandes = tuple(
        {c: lire(ligne, c) for c, lire in DEMANDE.items()}
        for ligne in _checked(champs, "demandes", tuple(DEMANDE))
    )
    return Demandes(demandes, MappingProxyType(tables))


def _rows(champs: Champs, nom: str, lecteurs: Mapping[str, Lecteur]) -> Iterator[Ligne]:
    for ligne in _checked(champs, nom, (*lecteurs, CONNU)):
        connu = ligne.read(CONNU, date, TOUJOURS)
        yield {c: lire(ligne, c) for c, lire in lecteurs.items()} | {CONNU: connu}


def _checked(champs: Champs, nom: str, noms: tuple[str, ...]) -> Iterator[Champs]:
    for ligne in champs.children(nom):
        ligne.check_names(noms)
        yield ligne
