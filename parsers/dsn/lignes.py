"""Lines of a piece: bytes to rubric and value, with the controls of the line level (CV, F)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate

import polars as pl

from parsers.anomalies import SIGNAL, anomalies
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.morceaux import Extrait

LONGUEUR_MAXIMALE = 256  # cahier technique, record length
_FORME = r"^S\d{2}\.G\d{2}\.\d{2}\.\d{3},'(?s:.*)'$"
PREFIXE = len("S21.G00.30.001,'")


def parse_lignes(extraits: tuple[Extrait, ...], grammaire: Grammaire) -> pl.DataFrame:
    """One row a line, in order.

    Columns: envoi UInt32 (rank of the message in the piece), fichier UInt32, ligne Int64 (from 1 in
    its file), texte String, rubrique UInt32 (rank in the grammar, null when the line names none of
    the version), valeur String (null likewise).
    Bytes are ISO-8859-1, all of which decode; characters outside the norm are CSL-05.
    """
    textes = [_utf8(extrait.octets) for extrait in extraits]
    frame = pl.scan_lines(BytesIO(b"".join(textes)), name="texte").collect()
    comptes = [_line_count(texte) for texte in textes]
    envoi, fichier, decalage = _places(extraits, comptes)
    texte = pl.col("texte")
    bien_formee = (texte.str.slice(14, 2) == ",'") & texte.str.ends_with("'")
    bien_formee &= texte.str.len_bytes() > PREFIXE
    rubrique = texte.str.head(14).cast(grammaire.enum_rubriques, strict=False).to_physical()
    return frame.with_columns(
        envoi,
        fichier,
        (pl.int_range(pl.len(), dtype=pl.Int64) + decalage).alias("ligne"),
        pl.when(bien_formee).then(rubrique).cast(pl.UInt32).alias("rubrique"),
    ).with_columns(
        pl.when(pl.col("rubrique").is_not_null())
        .then(texte.str.head(-1).str.slice(PREFIXE))
        .alias("valeur")
    )


def check_lignes(
    lignes: pl.DataFrame, extraits: tuple[Extrait, ...], grammaire: Grammaire
) -> list[pl.DataFrame]:
    """CV02 length, CV03 line end, CV07 empty line, CV10/CV13 unknown, F021 form."""
    texte = pl.col("texte")
    trouvees = []
    if (lignes["texte"].str.len_bytes() > LONGUEUR_MAXIMALE).any():
        # A dated NIR, added by the platform, may be longer.
        service = pl.col("rubrique").is_in(grammaire.rubriques_de_service).fill_null(value=False)
        trop_long = texte.str.len_chars() > LONGUEUR_MAXIMALE
        longues = lignes.filter(trop_long & ~service).with_columns(
            attendu=pl.lit(f"{LONGUEUR_MAXIMALE} caractères au plus"),
            valeur=pl.format("{} caractères", texte.str.len_chars()),
        )
        trouvees.append(anomalies(longues.drop("rubrique"), "CV02"))
    trouvees.extend(_check_line_ends(lignes, extraits))
    inconnues = lignes.filter(pl.col("rubrique").is_null()).drop("rubrique", "valeur")
    return [*trouvees, *_check_unknown(inconnues, grammaire)]


def _check_unknown(inconnues: pl.DataFrame, grammaire: Grammaire) -> list[pl.DataFrame]:
    texte = pl.col("texte")
    if inconnues.is_empty():
        return []
    vides = inconnues.filter(texte == "")
    inconnues = inconnues.filter((texte != "") & (texte.str.len_chars() <= LONGUEUR_MAXIMALE))
    formees = inconnues.filter(texte.str.contains(_FORME)).with_columns(
        bloc=texte.str.head(10), rubrique=texte.str.head(14)
    )
    connu = pl.col("bloc").is_in(grammaire.blocs)
    return [
        anomalies(vides, "CV07"),
        anomalies(formees.filter(connu), "CV10", attendu=grammaire.norme.version),
        anomalies(formees.filter(~connu), "CV13", attendu=grammaire.norme.version),
        anomalies(inconnues.filter(~texte.str.contains(_FORME)), "F021"),
    ]


def _check_line_ends(lignes: pl.DataFrame, extraits: tuple[Extrait, ...]) -> list[pl.DataFrame]:
    """CV03: a carriage return alone inside a line; as a signal, no line end after the last line."""
    trouvees = []
    if any(b"\r" in extrait.octets for extrait in extraits):
        retours = lignes.filter(pl.col("texte").str.contains("\r", literal=True))
        trouvees.append(anomalies(retours.drop("rubrique", "valeur"), "CV03"))
    sans_fin = [
        rang for rang, e in enumerate(extraits) if e.fin and e.octets and e.octets[-1:] != b"\n"
    ]
    if sans_fin:
        dernieres = lignes.filter(pl.col("envoi").is_in(sans_fin)).unique("envoi", keep="last")
        dernieres = dernieres.drop("rubrique", "valeur")
        trouvees.append(anomalies(dernieres, "CV03", severite=SIGNAL))
    return trouvees


def _utf8(octets: bytes) -> bytes:
    texte = octets if octets.isascii() else octets.decode("latin-1").encode()
    return texte if texte.endswith(b"\n") or not texte else texte + b"\n"


def _line_count(texte: bytes) -> int:
    return texte.count(b"\n")


def _places(extraits: tuple[Extrait, ...], comptes: list[int]) -> Sequence[pl.Expr]:
    """For each line of the piece: its message, its file, and what turns its rank into its line."""
    decalages = [
        extrait.premiere_ligne - avant
        for extrait, avant in zip(extraits, accumulate(comptes, initial=0), strict=False)
    ]
    envois = pl.Series("envoi", range(len(extraits)), dtype=pl.UInt32)
    fichiers = pl.Series("fichier", [e.fichier for e in extraits], dtype=pl.UInt32)
    colonnes = (envois, fichiers, pl.Series(decalages, dtype=pl.Int64))
    if len(extraits) == 1:
        return [pl.lit(colonne[0], dtype=colonne.dtype).alias(colonne.name) for colonne in colonnes]
    lignes = envois.repeat_by(pl.Series(comptes)).explode(empty_as_null=False)
    return [pl.lit(colonne.gather(lignes)) for colonne in colonnes]
