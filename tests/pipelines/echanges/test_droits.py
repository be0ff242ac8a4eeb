"""Who may deposit what: each branch, and the same answers as a slow reading of the text."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.echanges.regles.droits import (
    DROITS,
    ENVOIS,
    LIGNE_HORS_DROITS,
    LIGNES,
    SANS_CONVENTION,
    SANS_MANDAT,
    SANS_SAISIE,
    Habilitations,
    check_envois,
    check_lignes,
    compute_droits,
    list_genres,
)
from specs.contrats import read_contrat, schema_polars
from specs.messages import render_message, variantes

JOUR, VEILLE, APRES = date(2026, 4, 5), date(2026, 4, 4), date(2026, 4, 6)
OUVERT = {"debut": date(2026, 1, 1), "fin": None}
SIREN, AUTRE = "999090012", "800000010"
ADHERENTS = [("A09001", SIREN), ("A80001", AUTRE)]
CONVENTIONS = [
    {"convention": "0001234", "siren": SIREN, "nature": "ANET", "administrateur": "ADM"} | OUVERT,
    {"convention": "0001234", "siren": SIREN, "nature": "EDIC", "administrateur": None} | OUVERT,
    {"convention": "0080001", "siren": AUTRE, "nature": "EDIC", "administrateur": None} | OUVERT,
]
UTILISATEURS = [
    {"utilisateur": nom, "siren": siren} | OUVERT
    for nom, siren in (("ADM", SIREN), ("PAIE", SIREN), ("AILLEURS", AUTRE))
]
DROIT = {"utilisateur": "PAIE", "service": "conges", "categorie": "O", "cdg": "C1"} | OUVERT
SAISIE = DROIT | {"droit": "saisie"}
MANDAT = {"mandataire": "CABINET", "siren": SIREN, "service": "conges"} | OUVERT
ENVOI = {
    "depot": "D1",
    "boite": "A09001",
    "utilisateur": None,
    "siren": SIREN,
    "convention": "0001234",
    "genre": "DMC",
    "recu_le": JOUR,
}


def _frame(table: str, rangees: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rangees, schema_polars(read_contrat(table)))


def _habilitations(
    conventions: list[dict[str, Any]] = CONVENTIONS,
    utilisateurs: list[dict[str, Any]] = UTILISATEURS,
    droits: list[dict[str, Any]] | None = None,
    mandats: list[dict[str, Any]] | None = None,
) -> Habilitations:
    return Habilitations(
        pl.DataFrame(ADHERENTS, ["numero_adherent", "siren"], orient="row"),
        _frame("conventions", conventions),
        _frame("utilisateurs", utilisateurs),
        _frame("droits_utilisateurs", [SAISIE] if droits is None else droits),
        _frame("mandats_depot", [MANDAT] if mandats is None else mandats),
    )


def _check(habilitations: Habilitations, **envoi: Any) -> list[tuple[str, str | None, str]]:
    envois = pl.DataFrame([ENVOI | envoi], ENVOIS)
    refus = check_envois(envois, habilitations)
    return [(code, variante, valeur) for _, code, variante, valeur in refus.iter_rows()]


FERMEE = ("F001", None, "0001234")
INTERDITE = ("F007", "convention", "0001234")


def _without(nature: str, **valeurs: Any) -> list[dict[str, Any]]:
    """The conventions with other values for one nature; without it when none is given."""
    autres = [c for c in CONVENTIONS if c["nature"] != nature]
    siennes = [c | valeurs for c in CONVENTIONS if c["nature"] == nature]
    return autres + siennes if valeurs else autres


@pytest.mark.parametrize(
    ("habilitations", "envoi", "refus"),
    [
        # conventions
        (_habilitations(), {}, []),
        (_habilitations(), {"convention": "0009999"}, [("F001", None, "0009999")]),
        (_habilitations(), {"convention": "1234"}, [("F001", None, "1234")]),
        (_habilitations(), {"convention": "0080001"}, [("F001", None, "0080001")]),
        (_habilitations([c | {"fin": VEILLE} for c in CONVENTIONS]), {}, [FERMEE]),
        (_habilitations([c | {"fin": JOUR} for c in CONVENTIONS]), {}, []),
        (_habilitations([c | {"debut": APRES} for c in CONVENTIONS]), {}, [FERMEE]),
        (_habilitations([c | {"debut": JOUR} for c in CONVENTIONS]), {}, []),
        (_habilitations(_without("EDIC", fin=VEILLE)), {}, [INTERDITE]),
        (_habilitations(_without("ANET")), {}, [INTERDITE]),
        (_habilitations(_without("ANET", convention="0000777")), {}, []),
        (_habilitations(), {"genre": "TDP"}, [INTERDITE]),
        (_habilitations([]), {"genre": "DSN", "convention": None}, []),
        (_habilitations(), {"genre": "CRM"}, []),
        # the company's own box
        (_habilitations(), {"utilisateur": "PAIE"}, []),
        (_habilitations(), {"utilisateur": "ADM"}, []),
        (_habilitations(), {"utilisateur": "ADM", "genre": "ARI"}, []),
        (_habilitations(), {"utilisateur": "PAIE", "genre": "ARI"}, [("F007", "droit", "PAIE")]),
        (_habilitations(), {"utilisateur": "AILLEURS"}, [("F007", "droit", "AILLEURS")]),
        (_habilitations(), {"utilisateur": "INCONNU"}, [("F007", "droit", "INCONNU")]),
        (
            _habilitations(_without("ANET", administrateur="PAIE"), droits=[]),
            {"utilisateur": "ADM"},
            [("F007", "droit", "ADM")],
        ),
        (
            _habilitations(droits=[DROIT | {"droit": "vue"}]),
            {"utilisateur": "PAIE"},
            [("F007", "droit", "PAIE")],
        ),
        (
            _habilitations(droits=[SAISIE | {"fin": VEILLE}]),
            {"utilisateur": "PAIE"},
            [("F007", "droit", "PAIE")],
        ),
        (
            _habilitations(droits=[SAISIE | {"service": "*"}]),
            {"utilisateur": "PAIE", "genre": "ARI"},
            [],
        ),
        (
            _habilitations(utilisateurs=[u | {"fin": VEILLE} for u in UTILISATEURS]),
            {"utilisateur": "ADM"},
            [("F007", "droit", "ADM")],
        ),
        (
            _habilitations(droits=[SAISIE | {"service": "declarations"}]),
            {"utilisateur": "PAIE", "genre": "DSN", "convention": None},
            [],
        ),
        # another box
        (_habilitations(), {"boite": "CABINET"}, []),
        (_habilitations(), {"boite": "CABINET", "utilisateur": "INCONNU"}, []),
        (_habilitations(), {"boite": "CABINET", "genre": "ARI"}, [("F007", "mandat", "CABINET")]),
        (_habilitations(mandats=[MANDAT | {"service": "*"}]), {"boite": "CABINET"}, []),
        (
            _habilitations(mandats=[MANDAT | {"fin": VEILLE}]),
            {"boite": "CABINET"},
            [("F007", "mandat", "CABINET")],
        ),
        (_habilitations(), {"boite": "A80001"}, [("F007", "mandat", "A80001")]),
        (_habilitations(mandats=[MANDAT | {"mandataire": "A80001"}]), {"boite": "A80001"}, []),
        (
            _habilitations(),
            {"boite": "CABINET", "siren": AUTRE},
            [FERMEE, ("F007", "mandat", "CABINET")],
        ),
    ],
)
def test_a_file_is_refused_for_what_it_lacks(
    habilitations: Habilitations, envoi: dict[str, Any], refus: list[tuple[str, str | None, str]]
) -> None:
    """Convention unknown, of another company, closed, of another nature; no right, no mandate."""
    assert _check(habilitations, **envoi) == refus


@pytest.mark.parametrize(
    ("categorie", "cdg", "valeur"),
    [
        ("O", "C1", None),
        ("E", "C2", None),
        ("C", "C1", "C"),
        ("O", "C3", "C3"),
        ("O", "C2", "O, C2"),
        ("E", "C1", "E, C1"),
        (None, "C1", ""),
        ("O", None, ""),
    ],
)
def test_a_line_is_refused_out_of_the_rights(
    categorie: str | None, cdg: str | None, valeur: str | None
) -> None:
    """A right is on a category and a centre together; a line about all of them needs all."""
    droits = pl.DataFrame([("D1", "O", "C1"), ("D1", "E", "C2")], DROITS, orient="row")
    lignes = pl.DataFrame([("D1", 3, categorie, cdg), ("D2", 3, "C", "C9")], LIGNES, orient="row")
    refus = [("D1", 3, "F007", "ligne", valeur or None)] if valeur is not None else []
    assert check_lignes(lignes, droits).rows() == refus
    entiers = pl.DataFrame([("D1", "*", "*")], DROITS, orient="row")
    assert check_lignes(lignes, entiers).is_empty()


def test_each_refusal_is_worded() -> None:
    """The messages of F007 are those that the rule gives."""
    assert set(variantes("F007")) == {
        SANS_CONVENTION,
        SANS_SAISIE,
        SANS_MANDAT,
        LIGNE_HORS_DROITS,
    }
    assert render_message("F007", SANS_MANDAT, valeur="CABINET").startswith("La boîte « CABINET »")


def test_kinds_are_those_of_the_way_in() -> None:
    """Each kind that companies deposit has a service; exchange files, a convention too."""
    genres = {genre: (service, nature) for genre, service, nature in list_genres().iter_rows()}
    assert genres == {
        "CERT": ("conges", "EDIC"),
        "DMC": ("conges", "EDIC"),
        "ARI": ("intemperies", "EDIC"),
        "RIB": ("conges", "EDIC"),
        "TDP": ("comptabilite", "TDP"),
        "DSN": ("declarations", None),
    }


# The text again, a file at a time.


def _vaut(rangee: dict[str, Any], jour: date) -> bool:
    return rangee["debut"] <= jour and (rangee["fin"] is None or jour <= rangee["fin"])


def _saisies(envoi: dict[str, Any], service: str, monde: dict[str, Any]) -> set[tuple[str, str]]:
    """Categories and centres that the depositor may enter."""
    jour, siren = envoi["recu_le"], envoi["siren"]
    if dict(ADHERENTS).get(envoi["boite"]) != siren:
        for mandat in monde["mandats"]:
            meme = (mandat["mandataire"], mandat["siren"]) == (envoi["boite"], siren)
            if meme and mandat["service"] in {"*", service} and _vaut(mandat, jour):
                return {("*", "*")}
        return set()
    if envoi["utilisateur"] is None:
        return {("*", "*")}
    for utilisateur in monde["utilisateurs"]:
        if utilisateur["utilisateur"] == envoi["utilisateur"]:
            break
    else:
        return set()
    if utilisateur["siren"] != siren or not _vaut(utilisateur, jour):
        return set()
    saisies = {
        (droit["categorie"], droit["cdg"])
        for droit in monde["droits"]
        if droit["utilisateur"] == envoi["utilisateur"]
        and droit["droit"] == "saisie"
        and droit["service"] in {"*", service}
        and _vaut(droit, jour)
    }
    for convention in monde["conventions"]:
        anet = convention["nature"] == "ANET" and convention["siren"] == siren
        admin = convention["administrateur"] == envoi["utilisateur"]
        if anet and admin and _vaut(convention, jour):
            saisies.add(("*", "*"))
    return saisies


def _refus(envoi: dict[str, Any], monde: dict[str, Any]) -> set[tuple[str, str | None]]:
    """What refuses a file."""
    genres = {genre: (service, nature) for genre, service, nature in list_genres().iter_rows()}
    if envoi["genre"] not in genres:
        return set()
    service, nature = genres[envoi["genre"]]
    refus: set[tuple[str, str | None]] = set()
    if nature is not None:
        en_vigueur = [c for c in monde["conventions"] if _vaut(c, envoi["recu_le"])]
        siennes = [c for c in en_vigueur if c["siren"] == envoi["siren"]]
        citees = {c["nature"] for c in siennes if c["convention"] == envoi["convention"]}
        if not citees:
            refus.add(("F001", None))
        elif nature not in citees or not any(c["nature"] == "ANET" for c in siennes):
            refus.add(("F007", "convention"))
    if not _saisies(envoi, service, monde):
        propre = dict(ADHERENTS).get(envoi["boite"]) == envoi["siren"]
        refus.add(("F007", "droit" if propre else "mandat"))
    return refus


DATES = st.fixed_dictionaries(
    {
        "debut": st.sampled_from([date(2026, 1, 1), JOUR, APRES]),
        "fin": st.sampled_from([None, VEILLE, JOUR]),
    }
)
SIRENS = st.sampled_from([SIREN, AUTRE])
NOMS = st.sampled_from(["U1", "U2", "U3"])
SERVICES = st.sampled_from(["*", "conges", "intemperies", "comptabilite", "declarations"])


def _rangees(colonnes: dict[str, st.SearchStrategy[Any]], au_plus: int = 5) -> Any:
    une = st.tuples(st.fixed_dictionaries(colonnes), DATES).map(lambda deux: deux[0] | deux[1])
    return st.lists(une, max_size=au_plus)


MONDES = st.fixed_dictionaries(
    {
        "conventions": _rangees(
            {
                "convention": st.sampled_from(["1", "01"]),
                "siren": SIRENS,
                "nature": st.sampled_from(["ANET", "EDIC", "TDP"]),
                "administrateur": st.none() | NOMS,
            },
            au_plus=6,
        ),
        "utilisateurs": _rangees({"utilisateur": NOMS, "siren": SIRENS}).map(
            lambda lus: list({u["utilisateur"]: u for u in lus}.values())
        ),
        "droits": _rangees(
            {
                "utilisateur": NOMS,
                "service": SERVICES,
                "categorie": st.sampled_from(["*", "O", "E"]),
                "cdg": st.sampled_from(["*", "C1"]),
                "droit": st.sampled_from(["vue", "saisie"]),
            }
        ),
        "mandats": _rangees(
            {
                "mandataire": st.sampled_from(["CABINET", "A80001"]),
                "siren": SIRENS,
                "service": SERVICES,
            }
        ),
    }
)
# Every combination of what a file may be, in one frame.
TOUS_LES_ENVOIS = [
    dict(zip(ENVOIS.names(), (f"D{rang:04}", *valeurs, JOUR), strict=True))
    for rang, valeurs in enumerate(
        product(
            ("A09001", "A80001", "CABINET"),
            (None, "U1", "U2", "U4"),
            (SIREN, AUTRE),
            ("1", "2"),
            ("DMC", "ARI", "TDP", "DSN", "RCP"),
        )
    )
]


@given(MONDES)
@settings(max_examples=60)
def test_the_rule_says_what_the_text_says(monde: dict[str, Any]) -> None:
    """On any registry, every kind of file gets the refusals and the rights of a slow reading."""
    envois = pl.DataFrame(TOUS_LES_ENVOIS, ENVOIS)
    habilitations = _habilitations(**monde)
    obtenu: dict[str, set[tuple[str, str | None]]] = {e["depot"]: set() for e in TOUS_LES_ENVOIS}
    refus = check_envois(envois, habilitations)
    for depot, code, variante, _ in refus.iter_rows():
        obtenu[depot].add((code, variante))
    assert obtenu == {e["depot"]: _refus(e, monde) for e in TOUS_LES_ENVOIS}
    assert refus.height == sum(map(len, obtenu.values()))
    droits = compute_droits(envois, habilitations)
    services = {genre: service for genre, service, _ in list_genres().iter_rows()}
    assert set(droits.iter_rows()) == {
        (e["depot"], *saisie)
        for e in TOUS_LES_ENVOIS
        if e["genre"] in services
        for saisie in _saisies(e, services[e["genre"]], monde)
    }
