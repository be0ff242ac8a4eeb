-- Proves: each call is in the ledger once: the members' account owes its amount, the account of each
-- contribution earns that of its lines. Source: cotisations sections 1 and 8; plan of accounts.
with comparees as (
    select l.siren, l.appel, l.cdg, l.cotisation, coalesce(c.compte, attente.compte) as compte,
        -l.montant_centimes as appele_centimes, 0 as ecrit_centimes
    from lignes_appel l
    left join comptes_cotisations c using (cotisation)
    join comptes_roles attente on attente.role = 'attente'
    union all
    select a.siren, a.appel, a.cdg, null, r.compte, a.montant_centimes, 0
    from appels a
    join comptes_roles r on r.role = 'adherents'
    union all
    select siren, appel, cdg, cotisation, compte, 0, debit_centimes - credit_centimes
    from ecritures
    where journal = 'APPEL'
)
select
    siren, appel, cdg, cotisation, compte, sum(appele_centimes)::bigint as appele_centimes,
    sum(ecrit_centimes)::bigint as ecrit_centimes
from comparees
group by all
having sum(appele_centimes) <> sum(ecrit_centimes)
