"""A published table as bytes: text for a terminal, CSV, JSON, a workbook, Parquet.

Same frame, same bytes. JSON, CSV and Parquet carry the raw integers under the column names of the
contract; text and workbook carry euros, percents and the French titles.

Example: ``render_table(frame, read_contrat("appels"), Format.CSV)``.
"""

from __future__ import annotations

import codecs
import io

import polars as pl

from reporting.demande import Format
from reporting.texte import render_texte
from specs.contrats import Contrat

# A spreadsheet evaluates a cell that starts with one of these (OWASP, "CSV Injection").
DEBUT_DE_FORMULE = r"^([=+\-@\t\r])"


def render_table(
    frame: pl.DataFrame, contrat: Contrat, format_: Format, largeur: int | None = None
) -> bytes:
    """Write a table in a format.

    Args:
        frame: the rows, with the columns and types of the contract, in its order.
        contrat: titles and types of the columns.
        format_: the format asked for.
        largeur: what the lines of a text hold in.

    Raises:
        DemandeRefusee: a workbook cannot hold that many rows.
    """
    match format_:
        case Format.TEXTE:
            return render_texte(frame, contrat, largeur).encode()
        case Format.CSV:
            return _render_csv(frame)
        case Format.JSON:
            return f"{frame.write_json()}\n".encode()
        case Format.XLSX:
            from reporting.classeur import render_classeur

            return render_classeur(frame, contrat)
        case Format.PARQUET:
            return _render_parquet(frame)


def _render_csv(frame: pl.DataFrame) -> bytes:
    """CSV as French spreadsheets open it.

    A text that a spreadsheet would run as a formula gets an apostrophe in front: file names and
    values come from the companies. JSON and Parquet carry the exact text.
    """
    sur = frame.with_columns(pl.col(pl.String).str.replace(DEBUT_DE_FORMULE, "'${1}"))
    return codecs.BOM_UTF8 + sur.write_csv(separator=";").encode()


def _render_parquet(frame: pl.DataFrame) -> bytes:
    octets = io.BytesIO()
    frame.write_parquet(octets, compression="zstd")
    return octets.getvalue()
