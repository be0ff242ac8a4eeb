"""What the rules read of the registry, as frames: whole, or of the companies of one shard."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import polars as pl

from specs.contrats import codes_of

ADHERENTS = pl.Schema(
    {
        "siren": pl.String,
        "debut_activite": pl.Date,
        "fin_activite": pl.Date,
        "suivi_depuis": pl.String,
    }
)
PARAMETRES = pl.Schema(
    {
        "siren": pl.String,
        "cdg": pl.String,
        "parametre": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
        "valeur": pl.Int64,
    }
)
ADHESIONS = pl.Schema(
    {"siren": pl.String, "cotisation": pl.String, "debut": pl.Date, "fin": pl.Date}
)
GROUPES = pl.Schema(
    {"siren": pl.String, "groupe": pl.String, "cdg": pl.String, "debut": pl.Date, "fin": pl.Date}
)
DEPOSANTS = pl.Schema({"siren": pl.String, "deposant": pl.String, "debut": pl.Date, "fin": pl.Date})
SANS_DEPOSANT = pl.DataFrame(schema=DEPOSANTS)
TOUS, DECLARATIONS = codes_of("mandats_depot", "service", "*", "declarations")


@dataclass(frozen=True, slots=True)
class Registre:
    """`etablissements`: those of the registry (numero_adherent, siren, cdg, siret, debut, fin).

    `adherents`: activity of a company (null dates: no limit) and first month that its declarations
    are expected (null: from the first one); `parametres`: dated values of a
    management centre; `adhesions`: to a professional organisation; `groupes`: of payment;
    `deposants`: who else deposits declarations for the company, by the name of their box.
    """

    etablissements: pl.DataFrame
    adherents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADHERENTS))
    parametres: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARAMETRES))
    adhesions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADHESIONS))
    groupes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUPES))
    deposants: pl.DataFrame = field(default_factory=lambda: SANS_DEPOSANT)

    @property
    def frames(self) -> tuple[pl.DataFrame, ...]:
        """Its frames, in the order of its fields."""
        return tuple(getattr(self, f.name) for f in fields(self))

    def of(self, siennes: pl.Expr) -> Registre:
        """What concerns the companies that `siennes` picks by their SIREN."""
        return Registre(*(frame.filter(siennes) for frame in self.frames))


def compute_deposants(options: pl.DataFrame, mandats: pl.DataFrame) -> pl.DataFrame:
    """Who deposits declarations for each company: DEPOSANTS, from two contracts.

    `options` (`options_adherents`): each holds until the next one of the company; `non` is nobody.
    `mandats` (`mandats_depot`): those of this service, or of all.
    """
    siens = options.filter(pl.col("option") == "deposant").sort("siren", "debut")
    suivant = pl.col("debut").shift(-1).over("siren")
    choisis = siens.with_columns((suivant - pl.duration(days=1)).alias("fin")).filter(
        pl.col("valeur") != "non"
    )
    mandates = mandats.filter(pl.col("service").is_in([TOUS, DECLARATIONS])).sort(pl.all())
    return pl.concat(
        [
            choisis.rename({"valeur": "deposant"}).select(DEPOSANTS.names()),
            mandates.rename({"mandataire": "deposant"}).select(DEPOSANTS.names()),
        ]
    )


def valid_on(mois: pl.Expr) -> pl.Expr:
    """Whether a row with `debut` and `fin` (dates, fin null when open) holds in the month."""
    debut, fin = (pl.col(nom).dt.strftime("%Y-%m") for nom in ("debut", "fin"))
    return (debut <= mois) & (fin.is_null() | (mois <= fin))
