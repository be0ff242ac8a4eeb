"""Exchange files of two companies, right and wrong, test and real: who is in them stays in them.

What a company is answered may name its own employees; nothing else may, and nothing of another's.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import string
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from reporting.demande import Format
from reporting.formats import render_table
from sample_files.generateur.entreprises import Entreprise, draw_entreprise
from sample_files.generateur.identites import compute_nir
from sample_files.generateur.registre import Profil, compute_iban, render_registre
from specs.contrats import read_contrat
from tests.nuit.test_secrets import written
from tests.parsers.echanges.fabrique import CREE_LE, LIGNES, Lignes

if TYPE_CHECKING:
    from tests.conftest import Caisse

RANGS = (41, 42)
FORMULE = "=2+5"  # a reference that a spreadsheet would run
# A field that bears a personal value, made wrong: what is told of it must not repeat it.
FAUTES: Mapping[str, Callable[[str], str]] = {
    "surname": str.lower,
    "nir_key": lambda cle: f"{int(cle) % 97 + 1:02}",
    "iban": lambda iban: iban[:-1] + str((int(iban[-1]) + 1) % 10),
    "holder": lambda titulaire: f" {titulaire}",
}


def who(rang: int) -> dict[str, Any]:
    """An employee of a company, whose every value is found nowhere else."""
    lettre = string.ascii_uppercase[rang % 26] * 3
    naissance = date(1985, rang % 12 + 1, 14)
    nir = compute_nir("1", naissance, rang)
    return {
        "nir": nir,
        "nir_key": f"{97 - int(nir) % 97:02}",
        "surname": f"CANARINOM{lettre}",
        "first_name": f"CANARIPRENOM{lettre}",
        "birth": naissance,
        "iban": compute_iban(rang * 1_000_003),
        "holder": f"CANARITITULAIRE{lettre}",
    }


def canaries(rang: int) -> list[str]:
    """Values that name the employee; those of the faults too."""
    qui = who(rang)
    noms = [qui[champ] for champ in ("nir", "surname", "first_name", "iban", "holder")]
    return [*noms, FAUTES["iban"](qui["iban"]), qui["surname"].lower(), f"{qui['birth']:%Y%m%d}"]


def told_by(entreprise: Entreprise, genre: str) -> Lignes:
    """The records of a kind, of the company's only employee."""
    qui = who(entreprise.rang)
    propres = qui | {"siret": entreprise.siege.siret, "req_id": FORMULE}
    lignes = []
    for code, champs in LIGNES[genre]:
        noms = set(champs) | ({"nir"} if "matricule" in champs else set())
        noms |= {"nir_key"} if "surname" in champs else set()
        lignes.append((code, champs | {nom: propres[nom] for nom in noms & propres.keys()}))
    return lignes


def drop_all(caisse: Caisse, entreprise: Entreprise, modes: Mapping[str, str]) -> int:
    """Each kind as it is, then with every fault that it can have; how many were dropped.

    `modes`: those of each kind, real alone when it is not named.
    """
    numeros = count(1)
    for genre in LIGNES:
        lignes = told_by(entreprise, genre)
        for mode in modes.get(genre, "R"):
            drop(caisse, entreprise, genre, mode, next(numeros), lignes)
            drop(caisse, entreprise, genre, mode, next(numeros), spoiled(lignes))
    return next(numeros) - 1


def spoiled(lignes: Lignes) -> Lignes:
    """The same records, wrong wherever they bear a personal value."""
    return [
        (code, valeurs | {c: rend(valeurs[c]) for c, rend in FAUTES.items() if c in valeurs})
        for code, valeurs in lignes
    ]


def drop(
    caisse: Caisse, entreprise: Entreprise, genre: str, mode: str, numero: int, lignes: Lignes
) -> None:
    """One file, in the form of its company."""
    convention = f"{entreprise.rang:07}"
    cree_le = CREE_LE.get(genre, "20260401080000")
    tete = {"mode": mode, "convention": convention, "siren": entreprise.siren, "operation": "N"}
    tete |= {"file_id": f"F{numero:04}", "created": min(cree_le, "20260401080000")}
    fichier = compose_rows(genre, tete | {"software": "essai 1"}, lignes)
    xml = entreprise.rang % 2
    octets, suffixe = (write_xml(fichier), "xml") if xml else (write_fixe(fichier), "txt")
    nom = f"{genre}_{mode}_{convention}_20260401080000_{numero:04}.{suffixe}"
    caisse.drop(entreprise.numero_adherent, nom, octets)


def texts(contenu: bytes, nom: str) -> Iterator[bytes]:
    """A file as it is; the text of a PDF, letters and figures alone."""
    yield contenu
    if nom.endswith(".pdf"):
        pages = PdfReader(io.BytesIO(contenu)).pages
        yield re.sub(r"\W", "", "".join(page.extract_text() for page in pages)).encode()


def found(contenus: Mapping[str, bytes], chants: list[str]) -> set[tuple[str, str]]:
    """Files that hold one of these values, or are named after it."""
    return {
        (nom, chant)
        for nom, contenu in contenus.items()
        for texte in (nom.encode(), *texts(contenu, nom))
        for chant in chants
        if chant.encode() in texte
    }


def test_who_is_in_exchange_files_stays_there(
    make_caisse: Callable[..., Caisse],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No name, NIR, birth or account in what is written, logged, listed or told to another."""
    caplog.set_level(logging.DEBUG)
    caisse = make_caisse(nombre_parts=1)
    entreprises = [draw_entreprise(1, rang, 5) for rang in RANGS]
    caisse.learn(render_registre((e, Profil()) for e in entreprises), "yaml")
    modes: tuple[dict[str, str], ...] = ({"RIB": "TR", "ARI": "TR"}, {})
    deposes = sum(drop_all(caisse, *depose) for depose in zip(entreprises, modes, strict=True))
    caisse.pass_night()
    assert len(caisse.journal()) == deposes
    tous = [chant for rang in RANGS for chant in canaries(rang)]
    rendus = caisse.returned()
    for entreprise, autre in zip(entreprises, reversed(entreprises), strict=True):
        siens = {n: o for n, o in rendus.items() if n.startswith(entreprise.numero_adherent)}
        assert len(siens) > deposes / 2
        assert found(siens, canaries(autre.rang)) == set()
        # Its own reports name the employee by NIR, and give the zones that a machine corrects; a
        # voucher of bad weather bears the name, for the employee.
        qui = who(entreprise.rang)
        dits = {chant for _, chant in found(siens, tous)}
        nommes = {qui[nom] for nom in ("nir", "surname", "first_name", "holder")}
        assert {qui["nir"]} <= dits <= nommes
    ecrits = {n: o for n, o in written(caisse.maison.reglages.dossier) if "/retour/" not in n}
    imprimes = {n: ecrits.pop(n) for n in list(ecrits) if n.startswith("impression/")}
    assert found(ecrits, tous) == set()
    assert imprimes
    for lettre in imprimes.items():  # to one employee, by name and by nothing else
        dits = {chant.upper() for _, chant in found(dict([lettre]), tous)}
        assert any(dits <= {who(r)["surname"], who(r)["first_name"]} for r in RANGS), dits
    sorties = "".join(capfd.readouterr()) + caplog.text
    assert [chant for chant in tous if chant in sorties] == []
    assert_no_formula(caisse)


def assert_no_formula(caisse: Caisse) -> None:
    """A reference that is a formula is a text wherever a spreadsheet may read it."""
    assert FORMULE in set(caisse.read("lignes_echange")["cle"])
    for table in caisse.versions():
        frame, contrat = caisse.read(table), read_contrat(table)
        texte = render_table(frame, contrat, Format.CSV).decode("utf-8-sig")
        cellules = {c for ligne in csv.reader(io.StringIO(texte), delimiter=";") for c in ligne}
        assert [c for c in cellules if c.startswith(("=", "+", "@", "\t", "\r"))] == []
    for nom, octets in caisse.returned().items():
        if nom.endswith(".csv"):
            assert FORMULE not in re.split(r"[;\n]", octets.decode("utf-8-sig"))
