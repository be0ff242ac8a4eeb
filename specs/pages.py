"""How a sheet of a workbook prints: one page wide, its titles on each page, its foot numbered."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

A4, A3 = 9, 8  # as workbooks number the sizes of paper
MARGES = 0.4  # inches, left and right
# Characters that a page of A4 holds at full size, upright and on its side; under 60 % of it,
# letters are hard to read, and a larger paper is taken.
DEBOUT, COUCHE = 100, 148
ECHELLE_MIN = 60


def fit_page(feuille: Worksheet, largeur: int, titres: int, pied: str) -> None:
    """One page wide, whatever its length; `largeur`: of its columns, in characters.

    The first rows, `titres` of them, stay on the screen and are printed on each page.
    """
    feuille.set_paper(A3 if largeur * ECHELLE_MIN > COUCHE * 100 else A4)
    if largeur > DEBOUT:
        feuille.set_landscape()
    feuille.set_margins(MARGES, MARGES)
    feuille.fit_to_pages(1, 0)
    feuille.set_footer(f"&L{pied.replace('&', '&&')}&R&P / &N")
    if titres:
        feuille.freeze_panes(titres, 0)
        feuille.repeat_rows(0, titres - 1)
