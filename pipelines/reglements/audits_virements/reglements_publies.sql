-- Proves: a published transfer is still there as it was handed over, but for its state, and so are the
-- amounts that it pays. Source: decisions L-42, L-43 (an emitted order is never changed).
select p.siren, p.reglement, null as du, p.montant_centimes
from reglements_avant p
left join reglements n using (reglement)
where n.reglement is null
    or (n.siren, n.nature, n.origine, n.montant_centimes, n.date_execution, n.compte_credite,
        n.bout_en_bout, n.lot, n.remise, n.date_emission)
    <> (p.siren, p.nature, p.origine, p.montant_centimes, p.date_execution, p.compte_credite,
        p.bout_en_bout, p.lot, p.remise, p.date_emission)
    or n.salarie is distinct from p.salarie
    or n.compte is distinct from p.compte
union all
select p.siren, p.reglement, p.du, p.montant_centimes
from reglements_dus_avant p
left join reglements_dus n using (reglement, du)
where n.du is null or (n.siren, n.montant_centimes) <> (p.siren, p.montant_centimes)
