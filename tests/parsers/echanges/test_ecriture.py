"""The fixed form as it is written: the samples of the specification, texts, what can't be held."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from parsers.echanges.composition import ValeurHorsZone, compose_rows
from parsers.echanges.ecriture import find_hors_charte, write_fixe
from parsers.echanges.fixe import read_fixe
from specs.echanges import LONGUEUR, Champ, read_genres
from tests.parsers.echanges.fabrique import COMPTE, DEMANDE, LIGNES, TETE, compose, sample

EMPREINTES = {
    "ARI": (2247, "028bc1abf0f691bb7a2f6d003b0dab41febf82a7dcdc552dcd03838bf4181246"),
    "DMC": (963, "25d7ab211135443206389f770d38844bcd45a19939b5de7dbc1501723fc13930"),
    "TDP": (1926, "0e33058bd398f5428a11901c514b05c57a206a5d8e5ea6ed26a33961b5e6c032"),
}


@pytest.mark.parametrize("genre", EMPREINTES)
def test_les_exemples_publies(genre: str) -> None:
    """The samples of the specification come out byte for byte."""
    octets = sample(genre)
    assert (len(octets), hashlib.sha256(octets).hexdigest()) == EMPREINTES[genre]


def value(champ: Champ) -> Any:
    """Any value that a field can hold."""
    if champ.valeurs:
        return champ.valeurs[-1]
    if champ.type == "S":
        return -123
    autres = {"date": date(2026, 1, 31), "mois": "2026-02", "heure": "0730", "annee": 2026}
    textes = {"texte": "É", "code": "X", "nir": "1850599999999", "sha256": "0" * 64}
    textes |= {"siret": "99909001200017", "siren": "999090012", "chiffres": "01"}
    textes |= {"instant": "20260101000000", "iban": "FR76", "bic": "ABCDFRPP"}
    return (autres | textes).get(champ.format, 7)


@pytest.mark.parametrize("genre", read_genres())
def test_chaque_genre_s_ecrit_et_se_relit(genre: str) -> None:
    """Every kind, in and out: what is read again is what was written, byte for byte."""
    decrit = read_genres()[genre]
    lignes = [
        (e.code, {c.nom.lower(): value(c) for c in e.champs if c.nom not in ("TYPE", "FILLER")})
        for e in decrit.details
    ]
    fichier = compose_rows(genre, TETE | {"file_id": "F", "created": "20260101000000"}, lignes)
    octets = write_fixe(fichier)
    assert all(len(ligne) == LONGUEUR for ligne in octets.decode("latin-1").splitlines())
    lu = read_fixe(0, octets).fichier
    assert lu is not None
    assert lu.controle is not None
    assert write_fixe(lu) == octets
    assert lu.controle["hash"] == lu.empreinte
    for code, frame in fichier.enregistrements.items():
        assert lu.enregistrements[code].equals(frame)


def test_les_extournes_ne_comptent_pas_leurs_jours() -> None:
    """The days of a reversal are left out of SUM_HOURS, its amounts are not."""
    ligne = {"pay_date": date(2026, 8, 1), "days": 500, "gross": 40_000, "net": 30_000}
    extourne = ligne | {"gross": -10_000, "net": -8_000, "days": 200}
    fichier = compose_rows("RCP", TETE, [("50", ligne), ("50", extourne)])
    assert fichier.controle is not None
    attendus = {"sum_1": "00000000030000+", "sum_2": "00000000022000+", "sum_hours": "000000000500"}
    assert {nom: fichier.controle[nom] for nom in attendus} == attendus


def test_les_ligatures_et_l_euro() -> None:
    """œ, Œ and € are written with letters; the other letters of the charset are kept."""
    compte = COMPTE | {"holder": "CŒUR Sœur 3 € ÉÀÇ", "surname": "CŒUR"}
    octets = write_fixe(compose("RIB", [("40", compte)]))
    assert "COEUR Soeur 3 EUR ÉÀÇ".encode("latin-1") in octets
    assert b"COEUR" in octets


def test_une_lettre_sans_ecriture() -> None:
    """A letter that ISO-8859-1 has not is told on its zone, and never replaced."""
    fichier = compose("RIB", [("40", COMPTE | {"holder": "WAŁĘSA"})])
    (anomalie,) = find_hors_charte(3, fichier).iter_rows(named=True)
    assert (anomalie["code"], anomalie["ligne"], anomalie["rubrique"]) == ("F004", 2, "HOLDER")
    with pytest.raises(ValeurHorsZone):
        write_fixe(fichier)


@pytest.mark.parametrize(
    "faute",
    [{"days": -1}, {"days": 10_000}, {"avg_wage": 10**10}, {"surname": "D" * 31}, {"autre": "x"}],
)
def test_une_valeur_que_sa_zone_ne_tient_pas(faute: dict[str, Any]) -> None:
    """A value that is too long, negative without a sign or of no field is an error, unsaid."""
    with pytest.raises(ValeurHorsZone) as erreur:
        write_fixe(compose("DMC", [("20", DEMANDE | faute)]))
    assert not any(str(valeur) in str(erreur.value) for valeur in faute.values())


def test_une_annulation_n_a_pas_de_detail() -> None:
    """A file without detail: all its sums are 0."""
    fichier = compose("ARI", [], operation="A", replaces="ARI-2026-0001")
    lignes = write_fixe(fichier).decode().splitlines()
    assert [ligne[:2] for ligne in lignes] == ["00", "99"]
    assert lignes[1][2:29] == "000000002" + "000000000" * 2


def test_les_lignes_se_rangent_dans_leur_ordre() -> None:
    """Records are written in the order that their ranks give, whatever their type."""
    octets = write_fixe(compose("ARI", LIGNES["ARI"]))
    types = [ligne[:2] for ligne in octets.decode().splitlines()]
    assert types == ["00", "30", "30", "31", "32", "32", "99"]
