"""Messages: each code has its wording, and a wording reads well whatever is known."""

from __future__ import annotations

import ast
import csv
import re
from itertools import product
from pathlib import Path

import pytest

from parsers.dsn.lecteur import FORMULATIONS as WORDED
from specs.echanges.regles import read_codes
from specs.echanges.textes import read_refus
from specs.messages import CHAMPS, SEVERITES, codes, read_message, render_message, variantes

RACINE = Path(__file__).parents[2]
CODE = re.compile(r"(CV\d\d|CST-\d\d|CSL-\d\d|F0\d\d|B0\d\d|CP-\d\d|(CG|RB|TD|IN)-\d{3}|D1\d\d)")
ATTENDUS = (
    *(f"CV{n:02}" for n in (2, 3, 7, 10, 11, 12, 13)),
    *(f"CST-{n:02}" for n in (1, 2, 3, 4, 5, 6, 9, 11)),
    *(f"CSL-{n:02}" for n in (0, 1, 2, 3, 4, 5, 11, 12)),
    *(f"F0{n:02}" for n in range(20, 37)),
    *(f"B0{n:02}" for n in (1, 2, 3, 4, 5, 6, *range(8, 18))),
    *(f"CP-{n:02}" for n in range(1, 12)),
    *(code for code in read_codes() if not code.startswith("IN-")),  # of exchange files
    *(code for code in read_refus() if code.startswith("IN-")),  # and of bad weather
)
FORMULATIONS = [(code, variante) for code in codes() for variante in (None, *variantes(code))]


def appels_d_anomalie() -> list[tuple[str, str, str | None]]:
    """(place, code, variante) of each call of the parsers and pipelines that names a code."""
    trouves = []
    for dossier in ("parsers", "pipelines"):
        for fichier in sorted((RACINE / dossier).rglob("*.py")):
            for noeud in ast.walk(ast.parse(fichier.read_text("utf-8"))):
                if isinstance(noeud, ast.Call):
                    place = f"{fichier.relative_to(RACINE)}:{noeud.lineno}"
                    trouves += [(place, *couple) for couple in _codes_nommes(noeud)]
    return trouves


def _codes_nommes(appel: ast.Call) -> list[tuple[str, str | None]]:
    variante = next(
        (
            str(mot.value.value)
            for mot in appel.keywords
            if mot.arg == "variante" and isinstance(mot.value, ast.Constant)
        ),
        None,
    )
    arguments = [*appel.args, *(mot.value for mot in appel.keywords if mot.arg == "code")]
    constantes = [a.value for a in arguments if isinstance(a, ast.Constant)]
    return [(c, variante) for c in constantes if isinstance(c, str) and CODE.fullmatch(c)]


def test_every_expected_code_has_a_wording() -> None:
    """The codes of the reader, of the file layer and of the fund are all there, and no other."""
    assert sorted(codes()) == sorted(ATTENDUS)


def test_every_code_named_by_the_program_has_a_wording() -> None:
    """A code, or a variant, that the parsers and pipelines emit is never without a message."""
    for place, code, variante in appels_d_anomalie():
        assert code in codes(), place
        assert variante is None or variante in variantes(code), place


def test_a_code_has_one_meaning() -> None:
    """What is told of a DSN and of an exchange file share the charset, nothing else."""
    de_la_dsn = {
        code
        for fichier in sorted((RACINE / "parsers/dsn").rglob("*.py"))
        for noeud in ast.walk(ast.parse(fichier.read_text("utf-8")))
        if isinstance(noeud, ast.Call)
        for code, _ in _codes_nommes(noeud)
    }
    assert de_la_dsn & read_codes().keys() == {"F004"}


def test_every_key_of_the_norm_has_its_wording() -> None:
    """Each kind of key that the norm asks to verify is worded under the code of its control."""
    contenu = (RACINE / "specs/dsn/cles.csv").read_text("utf-8")
    for ligne in csv.DictReader(contenu.splitlines()):
        variante = WORDED.get(ligne["cle"], ligne["cle"])
        assert variante in variantes(ligne["controle"]), ligne


@pytest.mark.parametrize(("code", "variante"), FORMULATIONS)
def test_a_wording_is_complete(code: str, variante: str | None) -> None:
    """Each wording has a title, a template, a remedy that is a sentence, and a legal severity."""
    message = read_message(code, variante)
    assert message.titre
    assert message.titre[0].islower() or message.titre.startswith(("SIREN", "SIRET"))
    assert message.remede.endswith(".")
    assert message.severite in SEVERITES


@pytest.mark.parametrize(("code", "variante"), FORMULATIONS)
def test_fields_stand_in_parts_that_can_vanish(code: str, variante: str | None) -> None:
    """Outside square brackets a template names no field; inside, only known ones."""
    gabarit = read_message(code, variante).gabarit
    parties = re.findall(r"\[([^\[\]]*)\]", gabarit)
    assert "{" not in re.sub(r"\[[^\[\]]*\]", "", gabarit)
    assert all(set(re.findall(r"\{(\w*)\}", partie)) <= set(CHAMPS) for partie in parties)
    assert all("{" in partie for partie in parties)


@pytest.mark.parametrize(("code", "variante"), FORMULATIONS)
def test_a_message_reads_well_whatever_is_known(code: str, variante: str | None) -> None:
    """With any mixture of known and empty fields: one clean sentence, no brace, no double blank."""
    for connus in product((False, True), repeat=len(CHAMPS)):
        champs = {c: "9" if connu else None for c, connu in zip(CHAMPS, connus, strict=True)}
        phrase = render_message(code, variante, **champs)
        assert phrase[0].isupper()
        assert phrase.endswith(".")
        assert not re.search(r"[{}\[\]]|  | [.,)]|\( |« »", phrase), phrase


def test_grouped_cases_are_counted() -> None:
    """A message tells how many cases it stands for, from two on."""
    assert "fois" not in render_message("CST-01", bloc="S21.G00.62", nombre=1)
    assert render_message("CST-01", bloc="S21.G00.62", nombre=12).endswith("Constaté 12 fois.")


def test_a_value_is_shown_as_it_is() -> None:
    """Braces and brackets of a faulty value are not read as fields."""
    assert "« {nombre}[x] »" in render_message("CSL-00", valeur="{nombre}[x]")


def test_an_unknown_code_variant_or_field_is_refused() -> None:
    """Nothing is worded by default: an unknown name is a KeyError."""
    for code, variante in (("CV99", None), ("CST-02", "autre"), ("CV02", "absent")):
        with pytest.raises(KeyError):
            read_message(code, variante)
    with pytest.raises(KeyError):
        render_message("CV02", montant=1)
