"""Generated from the description: every mutant is refused where it is at fault, no variant is."""

from __future__ import annotations

import hashlib
from itertools import count

import polars as pl
import pytest

from parsers.anomalies import BLOQUANTE
from parsers.echanges.ecriture import write_fixe
from specs.echanges import COMMUN, LONGUEUR, read_enveloppe
from specs.echanges.regles import JOUR, portee_of
from tests.parsers.echanges.fabrique import read, sample, spoil, told
from tests.parsers.echanges.mutants import (
    Groupe,
    iter_faults,
    iter_mutants,
    iter_variants,
    join_groups,
    list_groups,
)

MUTANTS = {"CERT": 540, "DMC": 270, "ARI": 1200, "RIB": 150, "TDP": 210}
VARIANTES = {"CERT": 60, "DMC": 89, "ARI": 270, "RIB": 30, "TDP": 65}


@pytest.mark.parametrize("genre", MUTANTS)
def test_chaque_mutant_est_refuse_la_ou_il_est_faux(genre: str) -> None:
    """Absent, forbidden, malformed, out of its list or bounds, unlike its holder: each is told.

    All are lines of one file: the others are told nothing and stay accepted.
    """
    numeros = count()
    justes = [groupe.keyed(next(numeros)) for groupe in list_groups(genre)]
    mutants = [m for groupe in list_groups(genre) for m in iter_mutants(groupe, numeros)]
    assert len(mutants) >= MUTANTS[genre]
    fichier, rangs = join_groups([*justes, *mutants])
    lecture = read(genre, write_fixe(fichier))
    assert not lecture.refuse, told(lecture)
    dits = set(told(lecture))
    refusees = set(lecture.lignes.filter("refusee")["rang"])
    for groupe, places in zip([*justes, *mutants], rangs, strict=True):
        if groupe.faute is None:
            assert not refusees & {*places}
            assert not [dit for dit in dits if dit[1] in places and dit[0] != "D108"]
            continue
        rang, champ, code = groupe.faute
        bloc, zones = groupe.records[rang]
        assert (code, places[rang], champ) in dits, (code, champ, groupe.sens, zones[champ.lower()])
        if portee_of(code, bloc) != JOUR:
            assert refusees & {*places}, groupe


@pytest.mark.parametrize("genre", VARIANTES)
def test_aucune_variante_conforme_n_est_refusee(genre: str) -> None:
    """Free fields blank or not, every code of the lists, values at their bounds: nothing blocks."""
    numeros = count()
    variantes: list[Groupe] = [
        v for groupe in list_groups(genre) for v in iter_variants(groupe, numeros)
    ]
    assert len(variantes) >= VARIANTES[genre]
    fichier, _ = join_groups(variantes)
    lecture = read(genre, write_fixe(fichier))
    bloquantes = lecture.anomalies.filter(pl.col("severite") == BLOQUANTE)
    assert bloquantes.is_empty(), bloquantes.select("code", "ligne", "rubrique", "valeur").rows()
    assert not lecture.lignes["refusee"].any()


def zones_of(octets: bytes, code: str) -> dict[str, str | None]:
    """Zones of the header or of the trailer."""
    lignes = octets.decode("latin-1").split("\n")
    texte = lignes[0] if code == "00" else lignes[-2]
    champs = read_enveloppe(code).champs
    return {c.nom.lower(): texte[c.tranche].rstrip() or None for c in champs}


@pytest.mark.parametrize(
    ("code", "champ"),
    [
        pytest.param(code, champ, id=f"{code}-{champ.nom}")
        for code in ("00", "99")
        for champ in read_enveloppe(code).champs[1:]
    ],
)
def test_chaque_faute_de_l_entete_refuse_le_fichier(code: str, champ: object) -> None:
    """A field of the header or of the trailer that is wrong refuses the file, at its place."""
    octets = sample("DMC")
    enregistrement = read_enveloppe(code)
    rang = 1 if code == "00" else 3
    champ = enregistrement.champ(champ.nom)
    fautes = [*iter_faults(COMMUN, enregistrement, champ, zones_of(octets, code))]
    assert fautes or champ.nom in {"PERIOD_FROM", "PERIOD_TO", "CDG", "RETURN_FORMAT"}
    for sens, zone, dit in fautes:
        mutant = spoil(octets, "DMC", rang, champ.nom, (zone or "").ljust(champ.longueur).encode())
        if code == "00":
            avant = mutant[: -LONGUEUR - 1]
            empreinte = hashlib.sha256(avant).hexdigest().encode()
            mutant = spoil(mutant, "DMC", 3, "HASH", empreinte)
        lecture = read("DMC", mutant)
        assert lecture.refuse, (sens, zone)
        assert (dit, rang, champ.nom) in told(lecture), (sens, zone, told(lecture))
        assert "F002" not in {code for code, *_ in told(lecture)}
