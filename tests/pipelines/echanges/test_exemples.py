"""The samples of the specification are files, the same in both forms, that controls accept."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import polars as pl
import pytest

from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.fixe import read_fixe
from parsers.echanges.lecteur import read_echange
from parsers.echanges.valeurs_xml import format_zone, parse_zone
from parsers.echanges.zones import colonne_of
from pipelines.echanges.cahier.exemples import LARGEUR, read_exemple, render_exemple
from pipelines.echanges.cahier.prose import Ancres
from specs.echanges import LONGUEUR, read_genres
from specs.echanges.cahier import read_chapitres
from specs.echanges.textes import read_formats
from specs.messages import read_message, render_message

ANCRES = Ancres({}, frozenset())
# Computed apart from the engine: specification, 6.7.
EMPREINTES = {
    "ARI": "028bc1abf0f691bb7a2f6d003b0dab41febf82a7dcdc552dcd03838bf4181246",
    "DMC": "25d7ab211135443206389f770d38844bcd45a19939b5de7dbc1501723fc13930",
    "TDP": "0e33058bd398f5428a11901c514b05c57a206a5d8e5ea6ed26a33961b5e6c032",
}


@pytest.mark.parametrize(("genre", "empreinte"), EMPREINTES.items())
def test_the_fixed_form_of_a_sample_is_the_one_computed_apart(genre: str, empreinte: str) -> None:
    """The bytes that the specification shows are those that another program found."""
    assert hashlib.sha256(read_exemple(genre).fixe).hexdigest() == empreinte


@pytest.mark.parametrize("genre", [g.nom for g in read_genres().values() if g.entrant])
def test_a_sample_that_companies_send_is_accepted(genre: str) -> None:
    """Dropped under its name, in either form, it is conforming, without a remark."""
    exemple = read_exemple(genre)
    recu_le = datetime(2026, 7, 2, tzinfo=UTC)
    for suffixe, octets in (("txt", exemple.fixe), ("xml", exemple.xml)):
        lue = read_echange(0, f"{exemple.nom}.{suffixe}", octets, recu_le)
        assert lue.anomalies.rows() == []
        assert lue.verdict == "CONFORME"


def test_the_samples_of_a_replacement_and_of_a_cancellation_are_accepted() -> None:
    """The cancellation as it is; the replacement is the sample, under the header that is told."""
    blocs = read_chapitres()["vie"]["sections"]["remplacement"]["blocs"]
    entete, annulation = (bloc["extrait"] for bloc in blocs if "extrait" in bloc)
    exemple = read_exemple("ARI")
    propre = re.compile(r"<file_id>.*</software>", re.DOTALL)
    remplacement = propre.sub(entete.strip(), exemple.xml.decode())
    for octets, operation in ((remplacement, "R"), (annulation, "A")):
        lue = read_echange(
            0, f"{exemple.nom}.xml", octets.encode(), datetime(2026, 2, 1, tzinfo=UTC)
        )
        assert lue.anomalies.rows() == []
        assert lue.entete["operation"] == operation
        assert lue.entete["replaces"] == "ARI-2026-0001"


@pytest.mark.parametrize("genre", read_genres())
def test_the_totals_of_a_sample_are_right(genre: str) -> None:
    """Those that its XML writes are those that the writer of the fixed form finds."""
    exemple = read_exemple(genre)
    fixe = read_fixe(0, exemple.fixe).fichier
    assert fixe is not None
    calcules = {nom: zone for nom, zone in (fixe.controle or {}).items() if nom != "hash"}
    assert calcules == exemple.fichier.controle


def test_the_messages_of_a_sample_are_those_of_answers() -> None:
    """What the sample of a technical report says is what a report would say."""
    erreurs = read_exemple("CRT").fichier.enregistrements["C2"]
    utf8, anciennete = erreurs.iter_rows(named=True)
    valeurs = {"rubrique": utf8["field"], "valeur": utf8["value"]}
    assert utf8["message"] == render_message("F004", "texte_utf8", **valeurs)
    assert utf8["hint"] == read_message("F004", "texte_utf8").remede
    assert anciennete["message"] == render_message("D106", "borne")
    assert anciennete["hint"] == read_message("D106", "borne").remede


@pytest.mark.parametrize("genre", read_genres())
def test_a_sample_is_written_as_it_is_read(genre: str) -> None:
    """Its XML is what the writer makes of it, white space between elements left out."""
    exemple = read_exemple(genre)
    assert "".join(exemple.xml.decode().split("\n")[1:]).replace(" ", "") == "".join(
        write_xml(exemple.fichier).decode().split("\n")[1:]
    ).replace(" ", "")


def test_an_answer_has_the_name_of_answers() -> None:
    """What the fund sends of itself is named as a deposit, an answer by what it answers."""
    assert read_exemple("CRM").nom == "CRM_ARI_T_ARI-2026-0001"
    assert read_exemple("REG").nom == "REG_R_0001234_20260804050000_0001"


def test_the_receipt_is_that_of_the_file_it_names() -> None:
    """Size and hash of the sample of a receipt are those of the sample that it answers."""
    accuse = read_exemple("ACK").fichier.enregistrements["A1"].row(0, named=True)
    recu = read_exemple("ARI")
    assert accuse["file_name"] == f"{recu.nom}.txt"
    assert int(accuse["bytes"]) == len(recu.fixe)
    assert accuse["sha256"] == hashlib.sha256(recu.fixe).hexdigest()


def test_a_ruled_record_gives_back_its_bytes() -> None:
    """Lines under the ruler, put end to end, are the record; its blanks are shown."""
    exemple = read_exemple("RIB")
    regles = [b for b in render_exemple(exemple, ANCRES) if b.bloc == "extrait"]
    for extrait, enregistrement in zip(regles, exemple.enregistrements, strict=False):
        lignes = [ligne[5:] for ligne in extrait.lignes.splitlines()[2:] if "espaces" not in ligne]
        assert all(len(ligne) == LARGEUR for ligne in lignes)
        assert "".join(lignes).replace("·", " ").ljust(LONGUEUR) == enregistrement


@pytest.mark.parametrize("nom", [n for n, dit in read_formats().items() if dit.xml])
def test_the_two_writings_of_a_format_are_one_value(nom: str) -> None:
    """What the table of formats shows in XML is read as what it shows in the fixed form."""
    dit = read_formats()[nom]
    genre, code, champ = dit.champ
    decrit = read_genres()["CERT" if genre == "*" else genre].enregistrements[code].champ(champ)
    colonne = colonne_of(decrit)
    xml = pl.DataFrame({colonne: [dit.xml], "unit": ["CT"]})
    fixe = pl.DataFrame({colonne: [dit.fixe], "unit": ["CT"]})
    assert xml.select(parse_zone(decrit)).item() == dit.fixe
    assert fixe.select(format_zone(decrit)).item() == dit.xml
