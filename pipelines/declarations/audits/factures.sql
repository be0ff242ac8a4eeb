-- Proves: every invoice of fractionnement days that the nights before made is in the bases of its
-- centre and months, to the centime, and stays as it was. Source: cotisations section 7.
with comparees as (
    select
        siren, facture, cdg, mois_appel, mois_rattachement, montant_centimes as facture_centimes,
        0 as porte_centimes
    from factures_fractionnement_avant
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
union all
select a.siren, a.facture, a.cdg, a.mois_appel, a.mois_rattachement, a.montant_centimes, f.montant_centimes
from factures_fractionnement_avant a
left join factures_fractionnement f using (facture, rang)
where (a.montant_centimes, a.mois_appel) is distinct from (f.montant_centimes, f.mois_appel)
