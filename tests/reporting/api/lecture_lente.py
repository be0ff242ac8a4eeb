"""What a token reads, row by row in plain Python: the words of docs/espace.md and docs/api.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reporting.lecture import scan_table
from specs.espace import natures_of, read_tables

if TYPE_CHECKING:
    from tests.conftest import Caisse

Registre = dict[str, list[dict[str, str]]]
Ligne = dict[str, Any]
Limites = tuple[str, str, str]  # service, category, centre
CACHEES = {"part", "tranche", "salarie"}


@dataclass(frozen=True)
class Porteur:
    """Whose token, of one company or all, with which scopes."""

    utilisateur: str
    siren: str | None
    portees: tuple[str, ...]


class Lente:
    """A fund that is read slowly, on a day; `jour`: as the registry writes it."""

    def __init__(self, caisse: Caisse, registre: Registre, jour: str) -> None:
        self.caisse, self.registre, self.jour = caisse, registre, jour
        self.lues: dict[tuple[Porteur, str, str], list[Ligne]] = {}

    @cached_property
    def tables(self) -> Mapping[str, list[Ligne]]:
        """Every published table, whole, with what the journal adds to those of today."""
        maison = self.caisse.maison
        return {nom: scan_table(maison, nom).collect().to_dicts() for nom in self.caisse.versions()}

    def list_sirens(self, porteur: Porteur) -> list[str]:
        """Companies that a token reads."""
        tous = [a["siren"] for a in self.registre["adherents"]]
        return [siren for siren in tous if any(self.list_limites(porteur, siren))]

    def list_limites(self, porteur: Porteur, siren: str) -> Iterator[Limites]:
        """What its rights on a company are limited to, scopes applied."""
        if porteur.siren not in (None, siren):
            return
        lues = {p.partition(":")[2] or "*" for p in porteur.portees if p.startswith("lecture")}
        for service, categorie, cdg in self._list_droits(porteur.utilisateur, siren):
            for lu in lues:
                if "*" in (service, lu) or service == lu:
                    yield (lu if service == "*" else service), categorie, cdg

    def list_lignes(self, porteur: Porteur, siren: str, nom: str) -> list[Ligne]:
        """Rows of a table that it reads, as it is shown them; they are read once."""
        if (porteur, siren, nom) not in self.lues:
            self.lues[porteur, siren, nom] = self._read(porteur, siren, nom)
        return self.lues[porteur, siren, nom]

    def _read(self, porteur: Porteur, siren: str, nom: str) -> list[Ligne]:
        table, limites = read_tables()[nom], list(self.list_limites(porteur, siren))
        de_table = [d for d in limites if "*" in (table.service, d[0]) or d[0] == table.service]
        return [
            self._show(siren, ligne)
            for ligne in self.tables.get(nom, [])
            if self._is_own(porteur, siren, nom, ligne)
            and any(self._opens(porteur, siren, nom, d, ligne) for d in de_table)
        ]

    def _list_droits(self, qui: str, siren: str) -> Iterator[Limites]:
        siens = [u for u in self._hold("utilisateurs") if u["utilisateur"] == qui]
        anet = [
            c for c in self._hold("conventions") if (c["siren"], c["nature"]) == (siren, "ANET")
        ]
        if anet and any(u["siren"] == siren for u in siens):
            if any(c["administrateur"] == qui for c in anet):
                yield "*", "*", "*"
            for droit in self._hold("droits_utilisateurs"):
                if droit["utilisateur"] == qui:
                    yield droit["service"], droit.get("categorie", "*"), droit.get("cdg", "*")
        for mandat in self._hold("mandats_depot"):
            if (mandat["mandataire"], mandat["siren"]) == (qui, siren):
                yield mandat["service"], "*", "*"

    def _hold(self, section: str) -> Iterator[dict[str, str]]:
        for ligne in self.registre[section]:
            if ligne["debut"] <= self.jour <= ligne.get("fin", "9999"):
                yield ligne

    def _is_own(self, porteur: Porteur, siren: str, nom: str, ligne: Ligne) -> bool:
        """Whether the row is the company's, or of a file of its firm that declares for it."""
        if nom in ("depots", "fichiers_emis"):
            (boite,) = [
                a["numero_adherent"] for a in self.registre["adherents"] if a["siren"] == siren
            ]
            declares = {d["depot"] for d in self.tables["declarations"] if d["siren"] == siren}
            du_cabinet = ligne["adherent"] == porteur.utilisateur and ligne["depot"] in declares
            return bool(ligne["adherent"] == boite or du_cabinet)
        if "siren" in ligne:
            return bool(ligne["siren"] == siren)
        depots = [d for d in self.tables["depots"] if d["depot"] == ligne["depot"]]
        return any(self._is_own(porteur, siren, "depots", d) for d in depots)

    def _opens(self, porteur: Porteur, siren: str, nom: str, droit: Limites, ligne: Ligne) -> bool:
        service, categorie, cdg = droit
        if not self._is_of_service(porteur, siren, nom, service, ligne):
            return False
        if cdg != "*" and self._find_cdg(siren, ligne) != cdg:
            return False
        contrats = self.tables["contrats"]
        return categorie == "*" or any(
            c["siren"] == siren
            and c["categorie"] == categorie
            and c["salarie"] == ligne.get("salarie")
            for c in contrats
        )

    def _is_of_service(
        self, porteur: Porteur, siren: str, nom: str, service: str, ligne: Ligne
    ) -> bool:
        selon = read_tables()[nom].selon
        du_service = service == "*" or ligne.get("nature") in natures_of(service)
        if selon is None or (selon == "nature" and du_service):
            return True
        if selon == "nature":
            return False
        if selon == "emission" and ligne["depot"] is None:
            return du_service
        lus = {d["depot"] for d in self.list_lignes(porteur, siren, "depots")}
        return ligne["depot"] in lus

    def _find_cdg(self, siren: str, ligne: Ligne) -> str | None:
        lieux = {e["siret"]: e["cdg"] for e in self.tables["etablissements"] if e["siren"] == siren}
        if "cdg" in ligne:
            return ligne["cdg"]
        if "siret" in ligne:
            return lieux.get(ligne["siret"])
        arrets = [
            lieux.get(a["siret"])
            for a in self.tables["arrets_intemperies"]
            if (a["siren"], a["declaration"]) == (siren, ligne.get("declaration"))
        ]
        return arrets[0] if len(set(arrets)) == 1 else None

    def _show(self, siren: str, ligne: Ligne) -> Ligne:
        """As JSON writes it: an employee by his number, no place of the lake."""
        vue = {nom: valeur for nom, valeur in ligne.items() if nom not in CACHEES}
        if "salarie" in ligne and "matricule" not in ligne:
            siens = [
                s["matricule"]
                for s in self.tables["salaries"]
                if (s["siren"], s["salarie"]) == (siren, ligne["salarie"])
            ]
            vue["matricule"] = siens[0] if siens else None
        return {n: v.isoformat() if isinstance(v, date) else v for n, v in vue.items()}
