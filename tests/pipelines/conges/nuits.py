"""A small fund that plays nights of payments, from rights that a test gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.conges.regles.paiement.calcul import Publies, compute_paiements
from pipelines.conges.regles.paiement.controles import Connu
from pipelines.conges.regles.paiement.demandes import LUES
from pipelines.conges.regles.paiement.emission import Argent
from pipelines.conges.regles.paiement.indemnites import RECONSTITUTIONS
from specs.banque.target import add_business_days, previous_business_day
from tests.pipelines.conges.test_retenues import savoir

T, E, D, B = pl.String(), pl.Int64(), pl.Date(), pl.Boolean()
QUI = {"salarie": T, "exercice": E}
TOUJOURS = date(2020, 1, 1)
Ligne = Mapping[str, Any]
SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = {
    "droits": {
        **QUI, "siren": T, "categorie": T, "jours_legaux": E, "indemnite_centimes": E,
        "methode": T, "r_centimes": E, "mois_retenus_fractions": E, "fixe_centimes": E,
        "prime_due": B,
    },
    "acquis": {**QUI, "compteur": T, "acquis_centiemes": E},
    "reports": {**QUI, "origine": T, "acquis_centiemes": E, "fin": D},
    "couverts": QUI,
    "salaries": {"salarie": T},
    "occupations": {"salarie": T, "debut": D, "fin": D},
    "compensations": {"siren": T, "demande": T, "effet": D},
    "categories": {**QUI, "categorie": T},
    "mois": {**QUI, "siren": T, "mois": T, "paye": B},
    "comptes": {"salarie": T, "debut": D, "fin": D},
    "taux": {"salarie": T, "mois": T, "versement": D, "taux_prelevement_ppm": E},
    "centres": {"siren": T, "salarie": T, "mode_retraite": T},
    "saisies": {
        "salarie": T, "saisie": T, "debut": D, "fin": D, "montant_centimes": E, "part_ppm": E,
        "protege_centimes": E,
    },
    "annulations": {"siren": T, "demande": T},
    "arrets": {"salarie": T, "debut": D, "fin": D},
    "executions": {"decompte": T, "tenu_le": D},
    "regles": {"decompte": T},
    "heritiers": {"siren": T, "demande": T},
}  # fmt: skip
DEFAUTS: Ligne = {
    "salarie": "P1", "siren": "S", "exercice": 2026, "categorie": "O", "methode": "A",
    "r_centimes": None, "mois_retenus_fractions": 0, "fixe_centimes": 0, "prime_due": True,
    "debut": TOUJOURS,
}  # fmt: skip
DEMANDE: Ligne = {
    "siren": "S", "salarie": "P1", "action": "N", "nature": "CP", "exercice": 2026,
    "isole": False, "departement": "77", "matricule": "M1", "recu": date(2026, 5, 1),
    "jours_demandes": 100,
}  # fmt: skip


@dataclass
class Fonds:
    """What is known, each row with the day from which it is (`connu_le`); requests with `recu`."""

    tables: dict[str, list[Ligne]] = field(default_factory=dict)
    demandes: list[Ligne] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)

    def right(self, exercice: int, jours: int, indemnite: int, **change: Any) -> Fonds:
        """Rights of a leave year, with main leave and fifth week."""
        ligne = {"exercice": exercice, "jours_legaux": jours, "indemnite_centimes": indemnite}
        self.know("droits", **ligne, **change)
        quand = {"connu_le": change.get("connu_le", TOUJOURS)}
        self.know("acquis", exercice=exercice, compteur="PRINCIPAL",
                  acquis_centiemes=min(24, jours) * 100, **quand)  # fmt: skip
        self.know("acquis", exercice=exercice, compteur="CINQUIEME",
                  acquis_centiemes=max(0, jours - 24) * 100, **quand)  # fmt: skip
        return self

    def know(self, table: str, **ligne: Any) -> Fonds:
        """One more row of a table."""
        self.tables.setdefault(table, []).append({**DEFAUTS, **ligne})
        return self

    def ask(self, demande: str, debut: date | None, reprise: date | None, **change: Any) -> Fonds:
        """One more line of a DMC."""
        ligne = {**DEMANDE, "demande": demande, "debut": debut, "reprise": reprise, **change}
        self.demandes.append({"depot": f"D{len(self.demandes) + 1:08}", "rang": 2, **ligne})
        return self

    def nights(self, jusque: date) -> Iterator[date]:
        """Days on which something is known or leaves, and the last one."""
        jours = {d["recu"] for d in self.demandes}
        jours |= {ligne["connu_le"] for t in self.tables.values() for ligne in t
                  if "connu_le" in ligne}  # fmt: skip
        departs = [d["debut"] for d in self.demandes if d["debut"]]
        jours |= {last_night(depart) for depart in departs}
        yield from sorted({j for j in jours if min(d["recu"] for d in self.demandes) <= j < jusque})
        yield jusque

    def play(self, jusque: date, suites: Sequence[date] = ()) -> Publies:
        """The tables at the end of the last night."""
        publies = Publies()
        for nuit in sorted({*self.nights(jusque), *suites}):
            publies = self.night(publies, nuit)
        return publies

    def night(self, publies: Publies, nuit: date) -> Publies:
        """One more night."""
        lues = [
            {nom: d.get(nom) for nom in LUES}
            | {"recu_jour": d["recu"], "recue_le": f"{d['recu']}T08:00:00Z"}
            for d in self.demandes
            if d["recu"] <= nuit and d.get("jusque", nuit) >= nuit
        ]
        frames = {nom: self._known(nom, nuit) for nom in SCHEMAS}
        frames["categories"] = frames["droits"].select(*SCHEMAS["categories"])
        connu = Connu(**{n: frames[n] for n in Connu.__slots__})
        argent = Argent(
            reconstitutions=RECONSTITUTIONS.to_frame(),
            **{n: frames[n] for n in Argent.__slots__ if n != "reconstitutions"},
        )
        return compute_paiements(
            pl.DataFrame(lues, LUES, orient="row"), connu, argent, publies, nuit,
            savoir(**self.options),
        )  # fmt: skip

    def _known(self, nom: str, nuit: date) -> pl.DataFrame:
        lignes = self.tables.get(nom, [{**DEFAUTS}] if nom in {"salaries", "comptes"} else [])
        schema = SCHEMAS[nom]
        connues = [
            {c: ligne.get(c) for c in schema}
            for ligne in lignes
            if ligne.get("connu_le", TOUJOURS) <= nuit
        ]
        return pl.DataFrame(connues, pl.Schema(schema), orient="row")


def last_night(depart: date) -> date:
    """The last night that lets a leave be paid on its first day."""
    voulu = previous_business_day(depart)
    nuit = voulu
    while add_business_days(nuit, 2) > voulu:
        nuit -= timedelta(days=1)
    return nuit
