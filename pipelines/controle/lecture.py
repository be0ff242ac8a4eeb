"""Reading and checking files, without any state: for the night and for `caisse verifier`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import BLOQUANTE, SANS_COHERENCE, SCHEMA, SIGNAL, merge
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from parsers.dsn.enveloppe import Entete, open_fichier, parse_entete
from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi
from parsers.messages import described
from parsers.textes import detached
from pipelines.controle.banque import BANQUE, is_message_banque, read_depot_banque
from pipelines.controle.regles import (
    DECLARATION,
    LUS,
    SCHEMA_BASES,
    SCHEMA_DECLARATIONS,
    TETES,
    compute_bases,
    compute_declarations,
    keep_heads,
)
from specs.caisse import read_caisse
from specs.contrats import codes_of
from specs.octets import Octets

DSN = "DSN"
CONFORME, NON_CONFORME, ILLISIBLE = codes_of(
    "depots", "etat", "CONFORME", "NON_CONFORME", "ILLISIBLE"
)


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the controls say of one file; counts are exact even when anomalies are grouped."""

    fichier: int
    version: str | None
    essai: bool | None
    verdict: str
    lignes: int
    declarations: int
    anomalies_bloquantes: int
    anomalies_signalees: int
    nature: str = DSN


@dataclass(frozen=True, slots=True)
class Lecture:
    """Files read together: a report each, their anomalies with messages, and what is kept.

    `anomalies`: `parsers.anomalies.SCHEMA` and message, remede, rang; `declarations` and `bases`:
    see `pipelines.controle.regles`, with `individus` beside the declarations; `mouvements`: see
    `parsers.banque.mouvements`.
    """

    bilans: tuple[Bilan, ...]
    anomalies: pl.DataFrame
    declarations: pl.DataFrame
    bases: pl.DataFrame
    mouvements: pl.DataFrame


def read_fichiers(
    fichiers: Iterable[tuple[int, Octets]], boite_banque: Collection[int] | None = None
) -> Lecture:
    """Read and check files, each under the number that the caller gives it.

    `boite_banque`: numbers of those that the bank dropped; None when nothing is known of the boxes.
    """
    contenu = _Contenu()
    entetes: dict[int, Entete] = {}
    envois: dict[str, list[Envoi]] = defaultdict(list)
    refuses = [SCHEMA.to_frame()]
    for numero, octets in fichiers:
        de_la_banque = None if boite_banque is None else numero in boite_banque
        if de_la_banque or is_message_banque(octets):
            entetes[numero] = contenu.add_banque(numero, octets, de_la_banque)
            continue
        ouverture = open_fichier(numero, octets)
        refuses.append(ouverture.anomalies)
        entetes[numero] = parse_entete(octets)
        for version, envoi in ouverture.envois:
            envois[version].append(envoi)
    contenu.anomalies += refuses
    for version in sorted(envois):
        contenu.add(version, envois[version])
    anomalies, declarations = merge(contenu.anomalies), contenu.declarations()
    return Lecture(
        bilans=_summaries(entetes, contenu, anomalies, declarations),
        anomalies=_worded(anomalies, entetes),
        declarations=declarations,
        bases=contenu.bases(),
        mouvements=pl.concat(contenu.mouvements),
    )


class _Contenu:
    """What the pieces bring, added up file by file."""

    def __init__(self) -> None:
        self.anomalies: list[pl.DataFrame] = []
        self.lignes: dict[int, int] = defaultdict(int)
        self.mouvements = [SCHEMA_MOUVEMENTS.to_frame()]
        self.natures: dict[int, str] = {}
        self._declarations = [SCHEMA_DECLARATIONS.to_frame()]
        self._rangees = [SCHEMA_DECLARATIONS.to_frame().select(DECLARATION)]
        self._individus = [SCHEMA_DECLARATIONS.to_frame().select(DECLARATION)]
        self._refuses: set[int] = set()
        self._debordes: set[int] = set()
        self._bases = [SCHEMA_BASES.to_frame()]

    def add_banque(self, fichier: int, octets: Octets, de_la_banque: bool | None) -> Entete:
        """Read a file of the bank; its header, which has no test mode."""
        lecture = read_depot_banque(fichier, octets, boite_banque=de_la_banque)
        self.anomalies.append(lecture.anomalies)
        self.mouvements.append(lecture.mouvements)
        self.natures[fichier] = BANQUE
        if lecture.version is not None:
            self.lignes[fichier] = len(lecture.mouvements)
        return Entete(lecture.version, essai=False)

    def add(self, version: str, envois: list[Envoi]) -> None:
        """Read messages of one version and keep what they bring."""
        avant = self._ranks({e.fichier for e in envois})
        tetes: dict[str, pl.DataFrame] = {}
        for morceau in read_dsn(envois, version):
            self._add_anomalies(avant(morceau.anomalies))
            self._refuses |= _refused(morceau.anomalies)
            lues = {
                bloc: pl.concat([*(m[bloc] for m in (tetes, morceau.blocs) if bloc in m)])
                for bloc in TETES
                if bloc in tetes or bloc in morceau.blocs
            }
            declarees = compute_declarations(lues, version)
            tetes = keep_heads(morceau.blocs, tetes, declarees)
            self._declarations.append(avant(declarees))
            bases = compute_bases(self._sound(morceau.blocs), read_caisse())
            self._bases.append(detached(avant(bases)))
            for bloc, ranges in (("S20.G00.05", self._rangees), ("S21.G00.30", self._individus)):
                if bloc in morceau.blocs:
                    ranges.append(avant(morceau.blocs[bloc].select(*DECLARATION)))
            for fichier, nombre in morceau.lignes_par_fichier.items():
                self.lignes[fichier] += nombre

    def _add_anomalies(self, anomalies: pl.DataFrame) -> None:
        """Anomalies of a piece; those of files refused beyond the bound are merged as they come.

        Nothing of coherence will be told of these: what is left out by now stays so.
        """
        self.anomalies.append(anomalies)
        self._debordes.update(anomalies.filter(code=SANS_COHERENCE)["fichier"])
        if self._debordes.intersection(anomalies["fichier"].unique()):
            tout, debordes = pl.concat(self.anomalies), pl.col("fichier").is_in([*self._debordes])
            self.anomalies = [tout.filter(~debordes), merge([tout.filter(debordes)])]

    def _sound(self, blocs: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """The blocks of files that nothing refuses so far: the others bring no base."""
        if not self._refuses:
            return blocs
        sains = ~pl.col("fichier").is_in(list(self._refuses))
        return {bloc: frame.filter(sains) for bloc, frame in blocs.items() if bloc in LUS}

    def _ranks(self, fichiers: set[int]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        """Shift of the ranks of declarations in files whose messages are of several versions."""
        deja = pl.concat(self._rangees).filter(pl.col("fichier").is_in(list(fichiers)))
        decalages = dict(deja.group_by("fichier").agg(pl.col("rang_declaration").max()).iter_rows())
        if not decalages:
            return lambda frame: frame
        decalage = pl.col("fichier").replace_strict(decalages, default=0, return_dtype=pl.Int64)
        return lambda frame: frame.with_columns(pl.col("rang_declaration") + decalage)

    def declarations(self) -> pl.DataFrame:
        """Declarations with the number of their individuals, in file and rank order."""
        individus = pl.concat(self._individus).group_by(DECLARATION).len("individus")
        return (
            pl.concat(self._declarations)
            .join(individus, on=DECLARATION, how="left")
            .with_columns(pl.col("individus").fill_null(0).cast(pl.Int64))
            .sort(DECLARATION)
        )

    def bases(self) -> pl.DataFrame:
        """Bases in file and line order."""
        return pl.concat(self._bases).sort("fichier", "ligne")


def _refused(anomalies: pl.DataFrame) -> set[int]:
    """Files with a blocking anomaly."""
    return set(anomalies.filter(severite=BLOQUANTE)["fichier"].unique())


def _summaries(
    entetes: dict[int, Entete],
    contenu: _Contenu,
    anomalies: pl.DataFrame,
    declarations: pl.DataFrame,
) -> tuple[Bilan, ...]:
    """Verdict of each file: one blocking anomaly refuses it; unread, it is ILLISIBLE."""
    nombres = anomalies.group_by("fichier", "severite").agg(pl.col("nombre").sum())
    comptes = {(fichier, severite): n for fichier, severite, n in nombres.iter_rows()}
    par_fichier = dict(declarations.group_by("fichier").len().iter_rows())
    bilans = []
    for numero, entete in sorted(entetes.items()):
        bloquantes = comptes.get((numero, BLOQUANTE), 0)
        lu = numero in contenu.lignes
        bilans.append(
            Bilan(
                fichier=numero,
                version=entete.version,
                essai=entete.essai,
                verdict=(NON_CONFORME if bloquantes else CONFORME) if lu else ILLISIBLE,
                lignes=contenu.lignes.get(numero, 0),
                declarations=par_fichier.get(numero, 0),
                anomalies_bloquantes=bloquantes,
                anomalies_signalees=comptes.get((numero, SIGNAL), 0),
                nature=contenu.natures.get(numero, DSN),
            )
        )
    return tuple(bilans)


def _worded(anomalies: pl.DataFrame, entetes: dict[int, Entete]) -> pl.DataFrame:
    """The anomalies with `rang` in their file, `message` and `remede`."""
    gardees = anomalies.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64).over("fichier") + 1).alias("rang"),
        pl.col("fichier")
        .replace_strict({n: e.version for n, e in entetes.items()}, return_dtype=pl.String)
        .alias("version"),
    )
    parts = [
        described(part.drop("version"), version)
        for (version,), part in gardees.partition_by(
            "version", as_dict=True, maintain_order=True
        ).items()
    ]
    vide = described(gardees.clear().drop("version"), None)
    return pl.concat([vide, *parts]).sort("fichier", "rang")
