-- Proves: every invoice of fractionnement days is in the bases of its centre and months, to the
-- centime. Source: cotisations section 7.
with comparees as (
    select
        siren, facture, cdg, mois_appel, mois_rattachement, montant_centimes as facture_centimes,
        0 as porte_centimes
    from factures_fractionnement
    union all
    select siren, depot, cdg, mois_appel, mois_rattachement, 0, quantite
    from bases_sommees
    where source = 'FRACTIONNEMENT'
)
select
    siren, facture, cdg, mois_appel, mois_rattachement,
    sum(facture_centimes)::bigint as facture_centimes, sum(porte_centimes)::bigint as porte_centimes
from comparees
group by all
having sum(facture_centimes) <> sum(porte_centimes)
