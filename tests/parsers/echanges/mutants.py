"""Every fault that the description lets a field have, and every variant that it admits.

A group is the records of one line (of one declaration), as zones; a mutant is a group of which one
zone is spoiled, with the code that has to tell it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from parsers.echanges.composition import compose_rows
from parsers.echanges.controles.declares import COMPARAISONS
from parsers.echanges.zones import RANG, Fichier, schema_of
from specs.echanges import Champ, Enregistrement, read_genres
from specs.echanges.regles import Regle, read_regles
from tests.parsers.echanges.fabrique import (
    ABSENCE,
    ARRET,
    BASE,
    CERTIFICAT,
    COMPTE,
    DEMANDE,
    JOUR,
    LIGNES,
    NIR,
    RELEVE,
    REPORT,
    SALARIE,
    TETE,
)

Zones = dict[str, str | None]
SANS_CLE = {"nir": NIR["nir"]}
CANICULE = {"cause": "CA", "alert_kind": "V", "alert_level": "O", "alert_ref": "B1"}
SANS_DATES: dict[str, Any] = {"from": None, "to": None, "resume": None}
ETAM = {"category": "E", "hours": None, "rate": None, "unit": "M"}
N1_ABSENT = {"n1_paid": "N", "n1_days": None, "n1_amount": None}
PLEIN = {  # the free fields of each record, so that each is there once
    "10": {"hours_ap": 700, "hours_int": 300, "reason_end": "059", "children": 2}
    | {"entry_branch": date(2010, 1, 4), "replaces_cert": "ANCIEN"},
    "11": {"hours": 3_500, "maintained": 10_000},
    "12": {"resumed": date(2025, 9, 1), "informed": date(2025, 9, 2)},
    "20": {"isolated": "N", "rate": 145_000, "sen_branch": 12},
    "31": {"present_from": date(2026, 1, 13)},
    "32": {"replaced": 0},
    "40": {"bic": "AGRIFRPP", "addr_pc": "77000", "addr_town": "MELUN", "addr_ctry": "FR"},
    "46": {"category": "O"},
}
GROUPES: Mapping[str, Sequence[list[tuple[str, dict[str, Any]]]]] = {
    "CERT": (
        [("10", CERTIFICAT), ("11", ABSENCE), ("12", REPORT)],
        [
            ("10", CERTIFICAT | NIR | ETAM | N1_ABSENT),
            ("11", ABSENCE | SANS_CLE | {"abs_kind": "S", "abs_code": "301"}),
        ],
    ),
    "DMC": (
        [("20", DEMANDE)],
        [("20", DEMANDE | NIR | SANS_DATES | {"nature": "CO", "comp_reason": "RE"})],
    ),
    "ARI": (
        [("30", ARRET), ("31", SALARIE), ("32", JOUR)],
        [
            (
                "30",
                ARRET | CANICULE,
            ),
            ("31", SALARIE | NIR),
            ("32", JOUR | SANS_CLE),
        ],
        LIGNES["ARI"],
    ),
    "RIB": ([("40", COMPTE)], [("40", COMPTE | NIR)]),
    "TDP": (
        [("45", RELEVE), ("46", BASE | {"base": 480_000})],
        [("45", RELEVE | {"reason": "NR", "deposit_ref": None}), ("46", BASE | {"base": 1})],
    ),
}


@dataclass(frozen=True)
class Groupe:
    """Records of a line; `faute`: index of the record, field and code of what is wrong in it."""

    genre: str
    records: tuple[tuple[str, Zones], ...]
    faute: tuple[int, str, str] | None = None
    sens: str = ""

    def spoiled(self, rang: int, champ: Champ, zone: str | None, code: str, sens: str) -> Groupe:
        """The same with one zone changed."""
        code_enr, zones = self.records[rang]
        autres = list(self.records)
        autres[rang] = (code_enr, zones | {champ.nom.lower(): zone})
        return replace(self, records=tuple(autres), faute=(rang, champ.nom, code), sens=sens)

    def keyed(self, numero: int) -> Groupe:
        """The same under keys of its own."""
        return replace(self, records=tuple((c, _keyed(z, numero)) for c, z in self.records))


def list_groups(genre: str) -> list[Groupe]:
    """The right groups of a kind, with and without the free fields."""
    groupes = []
    for plein in (False, True):
        for lignes in GROUPES[genre]:
            propres = [(c, v | (PLEIN.get(c, {}) if plein else {})) for c, v in lignes]
            if genre == "DMC" and plein and lignes[0][1]["nature"] == "CO":
                propres = [("20", propres[0][1] | {"isolated": None})]
            fichier = compose_rows(genre, TETE, propres)
            suite = sorted(
                (ligne[RANG], code, ligne)
                for code, frame in fichier.enregistrements.items()
                for ligne in frame.iter_rows(named=True)
            )
            records = tuple((code, _without_rank(ligne)) for _, code, ligne in suite)
            groupes.append(Groupe(genre, records))
    return groupes


def _without_rank(ligne: dict[str, Any]) -> Zones:
    return {nom: zone for nom, zone in ligne.items() if nom != RANG}


def iter_mutants(groupe: Groupe, numeros: Iterator[int]) -> Iterator[Groupe]:
    """Every mutant of a group, each under keys of its own."""
    decrits = read_genres()[groupe.genre].enregistrements
    for rang, (code, zones) in enumerate(groupe.records):
        for champ in decrits[code].champs[1:]:
            for faute in range(len([*iter_faults(groupe.genre, decrits[code], champ, zones)])):
                sien = groupe.keyed(next(numeros))
                fautes = iter_faults(groupe.genre, decrits[code], champ, sien.records[rang][1])
                sens, zone, dit = [*fautes][faute]
                yield sien.spoiled(rang, champ, zone, dit, sens)


def iter_faults(
    genre: str, enregistrement: Enregistrement, champ: Champ, zones: Mapping[str, str | None]
) -> Iterator[tuple[str, str | None, str]]:
    """What it is, the zone (None: blank) and the code, for each fault that a field may have."""
    zone = zones.get(champ.nom.lower())
    if champ.format == "espaces":
        yield "remplissage", "X", "F013"
    elif zone is not None:
        yield from _present_faults(genre, enregistrement, champ, zones)
        if champ.nom not in enregistrement.liens:
            yield from _wrong_keys(champ, zone)
        elif champ.format in ("texte", "siret", "mois"):
            yield "porteur", _other(champ, zone), "F017"
    elif champ.presence == "C":
        yield "interdit", _sample(champ), "F013"


def _present_faults(
    genre: str, enregistrement: Enregistrement, champ: Champ, zones: Mapping[str, str | None]
) -> Iterator[tuple[str, str | None, str]]:
    """Faults of a field that is there, by itself or beside the others of its record."""
    regles = [r for r in read_regles(genre, enregistrement.code) if r.champ == champ.nom]
    codes = {r.regle: r.code for r in regles}
    if champ.presence in ("O", "C"):
        yield "absent", None, codes.get("presence", "F013")
    for mauvaise in _malformed(champ):
        yield "forme", mauvaise, "F013"
    if champ.valeurs:
        code = codes.get("valeurs", "F015")
        yield "liste", "?" * champ.longueur, code
        if champ.longueur > 1 and champ.format == "code":
            yield "longueur", champ.valeurs[0][:-1], code
    for regle in regles:
        yield from _rule_faults(regle, champ, zones)


def _wrong_keys(champ: Champ, zone: str) -> Iterator[tuple[str, str, str]]:
    """Numbers whose key is wrong, or that are of another company or country."""
    chiffre = zone[:-1] + str((int(zone[-1]) + 1) % 10) if zone[-1].isdigit() else zone
    if champ.format in ("siret", "siren"):
        yield "luhn", chiffre, "F016"
    if champ.format == "siret":
        yield "autre entreprise", "73282932000074", "F016"
    if champ.nom == "NIR_KEY":
        yield "clé", f"{int(zone) % 97 + 1:02}", "F016"
    if champ.format == "iban":
        yield "clé", chiffre, "RB-001"
        yield "pays", "TR330006100519786457841326", "RB-002"


def _rule_faults(
    regle: Regle, champ: Champ, zones: Mapping[str, str | None]
) -> Iterator[tuple[str, str | None, str]]:
    zone = zones[champ.nom.lower()] or ""
    if regle.regle == "majuscules":
        yield "minuscules", zone.lower(), regle.code
    elif regle.regle in ("liste", "norme", "motif"):
        mots = regle.argument.split() if regle.regle == "norme" else []
        if all(zones[nom.lower()] == v for nom, v in (mot.split("=") for mot in mots[2:])):
            yield regle.regle, "?", regle.code
    elif regle.regle == "requis_sans":
        if zones[regle.argument.lower()] is None:
            yield "requis", None, regle.code
    elif regle.regle in COMPARAISONS:
        autre = regle.argument if regle.argument.isdigit() else zones[regle.argument.lower()]
        if autre is not None:
            yield "borne", _beyond(champ, regle.regle, autre), regle.code


def _beyond(champ: Champ, operation: str, borne: str) -> str:
    """The nearest value that the comparison refuses."""
    pas = {">": 0, ">=": -1, "<": 0, "<=": 1}[operation]
    if champ.format == "date":
        jour = date(int(borne[:4]), int(borne[4:6]), int(borne[6:]))
        return f"{jour + timedelta(days=pas):%Y%m%d}"
    if champ.format == "mois":
        return f"{int(borne[:4]) + pas}{borne[4:]}"
    if champ.format == "heure":
        return "2400"
    if champ.type == "S":
        return f"{int(borne) + pas:0{champ.longueur - 1}}+"
    return f"{int(borne) + pas:0{champ.longueur}}"


def _malformed(champ: Champ) -> list[str]:
    """Zones that have not the form of the field."""
    chiffres = champ.longueur - (champ.type == "S")
    formes = {
        "texte": [" X"],
        "code": [],
        "date": ["20260230", "2026013", "00000101", "2026O113"],
        "mois": ["202613", "20263", "000001"],
        "heure": ["0760", "730", "7h30"],
        "nir": ["1999999999999", "2999999999999", "18505", "185057800608a"],
        "iban": ["fr7630006000011234567890189", "FR76 3000"],
        "bic": ["AGRIFRPPX", "agrifrpp"],
        "instant": ["20260116250000", "202601161000", "20260230100000"],
        "sha256": ["0" * 63, "A" * 64],
    }
    if champ.format in formes:
        return formes[champ.format]
    court = "1" * (chiffres - 1)
    if champ.type == "S":
        return ["1" * champ.longueur, f"{court}+", f"{'0' * chiffres}-", f"+{court}1"]
    return ["X" * chiffres, *([court, f"-{court}", f" {court}"] if court else [])]


def _other(champ: Champ, zone: str) -> str:
    """A value that the field could hold, unlike that one."""
    autres = {"siret": "73282932000074", "mois": "199901"}
    return autres.get(champ.format, zone[:-1] + ("Y" if zone[-1] == "X" else "X"))


def _sample(champ: Champ) -> str:
    """A right value of a conditional field."""
    if champ.valeurs:
        return champ.valeurs[0]
    if champ.format == "nir":
        return NIR["nir"]
    if champ.format == "date":
        return "20260804" if champ.nom == "RESUME" else "20260803"
    if champ.type == "S":
        return "1".zfill(champ.longueur - 1) + "+"
    return "1".zfill(champ.longueur)


def iter_variants(groupe: Groupe, numeros: Iterator[int]) -> Iterator[Groupe]:
    """Groups that conform as well: free fields blank, other codes, values at their bounds."""
    decrits = read_genres()[groupe.genre].enregistrements
    arrets = sum(code == "30" for code, _ in groupe.records)
    for rang, (code, zones) in enumerate(groupe.records):
        for champ in decrits[code].champs[1:]:
            for zone in _admitted(groupe.genre, decrits[code], champ, zones):
                if (champ.nom, zone) == ("CAUSE", "CA") and arrets > 1:
                    continue  # heat is alone in its declaration
                change = {champ.nom.lower(): zone}
                records = [
                    (c, _adapted(decrits[c], z | change))
                    if place == rang or (place > rang and champ.nom in decrits[c].liens)
                    else (c, z)
                    for place, (c, z) in enumerate(groupe.records)
                ]
                yield replace(groupe, records=tuple(records)).keyed(next(numeros))


def _admitted(
    genre: str, enregistrement: Enregistrement, champ: Champ, zones: Zones
) -> Iterator[str | None]:
    regles = [r for r in read_regles(genre, enregistrement.code) if r.champ == champ.nom]
    zone = zones[champ.nom.lower()]
    requis = [r for r in regles if r.regle == "requis_sans" and not zones[r.argument.lower()]]
    if zone is not None and champ.presence == "F" and not requis and champ.nom != "NIR":
        yield None
    if champ.valeurs and (zone is not None or champ.presence != "C"):
        refusees = INADMISSIBLES.get(champ.nom, ())
        refusees = () if champ.nom == "UNIT" and zones["category"] == "O" else refusees
        yield from (valeur for valeur in champ.valeurs if valeur not in refusees)
    for regle in regles:
        if regle.argument.isdigit() and zone is not None and champ.format != "heure":
            pas = {">": 1, "<=": 0}[regle.regle]
            if not (champ.nom == "SCHEDULE" and pas == 1):
                yield _beyond(champ, "<", str(int(regle.argument) + pas))


# What another rule refuses: abrogated causes, a list that depends on the kind, ETAM in hours,
# isolated days out of the fifth week.
INADMISSIBLES = {
    "CAUSE": ("TE", "BR"),
    "ABS_KIND": ("A", "S"),
    "UNIT": ("H",),
    "ISOLATED": ("O",),
}


def _adapted(enregistrement: Enregistrement, zones: Zones) -> Zones:
    """The record with its conditional fields there, or not, as the others ask."""
    zones = dict(zones)
    for champ in enregistrement.champs:
        if champ.presence != "C" or champ.condition == "=":
            continue
        nom, egal, valeurs = champ.condition.partition("=")
        vaut = zones[nom.rstrip("!").lower()]
        il_faut = (vaut in valeurs.split("|")) != nom.endswith("!") if egal else vaut is not None
        present = zones[champ.nom.lower()] is not None
        if il_faut and not present:
            zones[champ.nom.lower()] = _sample(champ)
        elif present and not il_faut:
            zones[champ.nom.lower()] = None
    return zones


def join_groups(groupes: Sequence[Groupe]) -> tuple[Fichier, list[range]]:
    """One file of all of them; the ranks of the records of each."""
    genre = read_genres()[groupes[0].genre]
    lignes: dict[str, list[Zones | dict[str, int]]] = {e.code: [] for e in genre.details}
    rangs: list[range] = []
    rang = 2
    for groupe in groupes:
        rangs.append(range(rang, rang + len(groupe.records)))
        for (code, zones), sien in zip(groupe.records, rangs[-1], strict=True):
            lignes[code].append({RANG: sien, **zones})
        rang = rangs[-1].stop
    frames = {e.code: pl.DataFrame(lignes[e.code], schema_of(e)) for e in genre.details}
    entete = TETE | {
        "kind": genre.nom,
        "version": "0100",
        "file_id": "MUTANTS",
        "created": "20260901080000",
        "charset": "ISO-8859-1",
    }
    return Fichier(genre, "fixe", entete, {}, frames, rang), rangs


def _keyed(zones: Zones, numero: int) -> Zones:
    """The record under another reference, employee, month of call."""
    propres = dict(zones)
    for nom in ("decl_id", "cert_ref", "req_id", "matricule"):
        if propres.get(nom):
            propres[nom] = f"{nom[0].upper()}{numero}"
    if propres.get("nir"):
        nir = f"1850599{numero // 999 + 1:03}{numero % 999 + 1:03}"
        propres["nir"] = nir
        if propres.get("nir_key"):
            propres["nir_key"] = f"{97 - int(nir) % 97:02}"
    if "pay" in propres or "base_code" in propres:
        annee, mois = divmod(2026 * 12 + 2 - numero, 12)
        for nom in propres.keys() & {"month", "att_month"}:
            propres[nom] = f"{annee:04}{mois + 1:02}"
    return propres
