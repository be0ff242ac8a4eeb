"""What a test deposit would change, from the answers that it was given."""

from __future__ import annotations

from reporting.espace.essai import _parse_crm, _parse_rapport

RAPPORT = """<rapport xmlns="urn:caisse:rapport:1">
<effet><cdg>C1</cdg><mois_appel>2026-03</mois_appel>
<nature>INITIAL</nature><date_exigibilite>2026-04-25</date_exigibilite>
<montant_centimes>2520</montant_centimes><effet_ligne><mois_rattachement>2026-03</mois_rattachement>
<cotisation>CP</cotisation><libelle>Congés payés</libelle><base_centimes>12000</base_centimes>
<taux_ppm>210000</taux_ppm><montant_centimes>2520</montant_centimes>
<present_centimes>100</present_centimes></effet_ligne></effet></rapport>"""
CRM = {
    "m1": [{"line_no": 2, "nir": "1910353998200", "matricule": "M1", "verdict": "R"}],
    "m2": [{"line_no": 2, "message": "Rien.", "hint": "Tout."}],
    "m3": [{"line_no": 2, "name": "JOURS_PRIS", "unit": "CJ", "declared": 1200, "computed": 1100}],
}


def test_a_report_tells_of_calls_line_by_line() -> None:
    """With what is called so far, when something is."""
    (effet,) = _parse_rapport(RAPPORT.encode())
    assert (effet.cdg, effet.nature, effet.montant_centimes) == (
        "C1",
        "premier appel du mois",
        2520,
    )
    (ligne,) = effet.lignes
    assert (ligne.libelle, ligne.base_centimes, ligne.present_centimes) == (
        "Congés payés",
        12000,
        100,
    )


def test_an_answer_tells_of_lines_without_the_nir() -> None:
    """Verdict, reasons and values in words."""
    (suite,) = _parse_crm(CRM)
    assert (suite.numero, suite.matricule, suite.verdict) == (2, "M1", "refusée")
    assert suite.constats == [("Rien.", "Tout.")]
    assert suite.valeurs == ["Jours pris : 11,00\u202fjours (déclaré 12,00\u202fjours)"]
    assert "1910353998200" not in repr(suite)
