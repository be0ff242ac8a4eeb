"""Pictures: what is drawn is what the table says, in the frame, with few round graduations."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.espace.trace import GRADUATIONS, HAUTEUR, LARGEUR, Image, Serie, trace

VALEURS = st.lists(st.none() | st.integers(-(10**12), 10**12), min_size=1, max_size=12)


def _image(*series: Serie, unite: str = "centimes") -> Image:
    rangs = tuple(f"2026-{mois + 1:02d}" for mois in range(len(series[0].valeurs)))
    return Image("x", "Titre", "Mois", unite, rangs, series)


@settings(max_examples=60)
@given(VALEURS)
def test_all_stands_in_the_frame(valeurs: list[int | None]) -> None:
    """Bars and points, whatever the values; a bar is between zero and its value."""
    dessin = trace(_image(Serie("a", tuple(valeurs)), Serie("b", tuple(valeurs), ligne=True)))
    for barre in dessin.barres:
        assert 0 <= barre.x < barre.x + barre.largeur <= LARGEUR
        assert 0 <= barre.y < barre.y + barre.hauteur <= HAUTEUR
        assert dessin.zero in (barre.y, barre.y + barre.hauteur) or barre.hauteur == 1
    (points,) = dessin.lignes
    assert len(points) == sum(v is not None for v in valeurs)
    assert all(0 <= x <= LARGEUR and 0 <= y <= HAUTEUR for x, y in points)
    assert 2 <= len(dessin.graduations) <= GRADUATIONS + 2


def test_a_value_is_where_its_graduation_is() -> None:
    """Twice as much is twice as high; the texts are in euros."""
    dessin = trace(_image(Serie("a", (100_000, 200_000, None))))
    un, deux = dessin.barres
    assert abs(deux.hauteur - 2 * un.hauteur) <= 1
    assert [texte for _, texte in dessin.graduations][:3] == [
        "0\u202f€",
        "500\u202f€",
        "1\u202f000\u202f€",
    ]
    assert {texte: y for y, texte in dessin.graduations}["2\u202f000\u202f€"] == deux.y


def test_years_do_not_run_into_one_another() -> None:
    """Under the first month of each; not under the only one of a year."""
    rangs = ("2025-12", "2026-01", "2026-02")
    reperes = trace(Image("x", "T", "Mois", "entier", rangs, (Serie("a", (1, 1, 1)),))).reperes
    assert [(mois, annee) for _, mois, annee in reperes] == [
        ("déc", ""), ("jan", "2026"), ("fév", ""),
    ]  # fmt: skip
    exercices = Image("x", "T", "Exercice", "entier", ("2026",), (Serie("a", (1,)),))
    assert [texte for _, texte, _ in trace(exercices).reperes] == ["2026"]
