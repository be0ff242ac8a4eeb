"""What became of the deposits of declarations tonight, as the lake tells it."""

from __future__ import annotations

from pipelines.declarations.regles.depots import compute_anomalies_caisse, compute_etats, left_out
from pipelines.publication.nuit import Etats
from warehouse.maison import Maison
from warehouse.nuits import Vue
from warehouse.registre import read_etablissements


def read_etats(maison: Maison, vue: Vue) -> Etats:
    """States of the deposits that brought declarations, and the anomalies that the fund finds."""
    declarations = maison.lac.read("declarations").collect()
    ecartees = maison.lac.read("bases").filter(left_out()).collect()
    with maison.moteur.connect() as connexion:
        etablissements = read_etablissements(connexion, vue.registre)
    return Etats(
        compute_etats(declarations),
        compute_anomalies_caisse(declarations, ecartees, etablissements),
    )
