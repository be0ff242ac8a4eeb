"""Sentences of the engine as a company reads them: pure."""

from __future__ import annotations

from reporting.espace.pourquoi import AUTRE_EMPLOYEUR, _address, parse_explication

PHRASES = (
    "Droit DR-1 : 1 jour",
    "Salarié 86fc606a, dernier employeur SIREN 999 000 011.",
    "Publication 3 ; barèmes et options de la version c31ca9635f59702c, celle d'aujourd'hui.",
    "",
    "Les certificats",
    "  SIREN 999 000 011 : 0,54 mois.",
    "  SIREN 999 000 078 : 4,00 mois, 9 000,00 €.",
    "    ligne 3, salarié 00000000",
    "  Total : 4,54 mois.",
    "",
    "Choix",
    "  arrondi_assiette = centime (C-01) : Au centime (caisse expliquer DR-1).",
    "    un détail",
    "",
    "Vérifié.",
)
MATRICULES = {"86fc606a": "M01"}


def test_a_company_reads_its_own_words() -> None:
    """Its number of the employee, no other employer, no word of the command line, no version."""
    dites = _address(PHRASES, "999000011", MATRICULES)
    assert dites[1] == "Salarié M01, dernier employeur SIREN 999 000 011."
    assert dites[2] == "Publication 3."
    assert dites[6:8] == [f"  {AUTRE_EMPLOYEUR}", "  Total : 4,54 mois."]
    assert not [d for d in dites if "9 000,00" in d or "00000000" in d or "caisse expliquer" in d]
    assert _address(["un salarié 0a0a0a0a"], "1", {}) == ["un salarié"]


def test_sentences_are_parted_as_they_were_told() -> None:
    """Title, introduction, parts with their details, end."""
    explication = parse_explication(_address(PHRASES, "999000011", MATRICULES))
    assert explication.titre == PHRASES[0]
    assert len(explication.debut) == 2
    assert [s.titre for s in explication.sections] == ["Les certificats", "Choix"]
    (choix,) = explication.sections[1].phrases
    assert choix.texte == "Au centime (DR-1)."
    assert choix.details == ("un détail",)
    assert explication.fin == ("Vérifié.",)


def test_a_line_of_a_call_is_named_by_its_contribution() -> None:
    """Folded, it says what it is and how much; anything else keeps its title."""
    ligne = (
        "Ligne C1/2026-03/CP : 10,50 €",
        "Congés payés (CP), mois de rattachement : mars 2026.",
    )
    assert parse_explication(ligne).resume == "Congés payés (CP), mars 2026 : 10,50 €"
    assert parse_explication(("Appel C1 : 10,50 €", "Initial.")).resume == "Appel C1 : 10,50 €"
