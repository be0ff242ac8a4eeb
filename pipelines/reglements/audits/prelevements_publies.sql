-- Proves: a published debit is still there as it was handed over, but for its state, and so are the
-- calls that it pays. Source: decisions C-08; L-43 (an emitted order is never changed).
select p.siren, p.prelevement, null as appel, p.montant_centimes
from prelevements_avant p
left join prelevements n using (prelevement)
where n.prelevement is null
    or (n.siren, n.adherent, n.rum, n.compte, n.schema, n.reference_paiement, n.date_echeance,
        n.montant_centimes, n.sequence, n.changement_compte, n.date_emission, n.remise)
    <> (p.siren, p.adherent, p.rum, p.compte, p.schema, p.reference_paiement, p.date_echeance,
        p.montant_centimes, p.sequence, p.changement_compte, p.date_emission, p.remise)
    or n.cdg is distinct from p.cdg
    or n.groupe is distinct from p.groupe
    or n.compte_debite is distinct from p.compte_debite
union all
select p.siren, p.prelevement, p.appel, p.montant_centimes
from prelevements_appels_avant p
left join prelevements_appels n using (prelevement, appel)
where n.appel is null or (n.siren, n.montant_centimes) <> (p.siren, p.montant_centimes)
