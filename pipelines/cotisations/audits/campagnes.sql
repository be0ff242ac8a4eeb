-- Proves: what the company is called for of each month of a campaign (base less abatement, all
-- centres and codes) is what exceeds the abatement earned, once for the SIREN, and the campaign as a
-- whole with it. Source: cotisations section 5; decisions C-05.
with portees as (
    select a.siren, p.cumul, p.periode, a.mois_rattachement as mois,
        sum(a.base_centimes - a.abattement_centimes) as portee_centimes
    from lignes_appelees a
    join (select distinct cotisation, cumul from cotisations_appelees where partie = 'AU_DELA') c
        using (cotisation)
    join periodes p on p.cumul = c.cumul and p.mois = a.mois_rattachement
    group by all
)
select
    m.siren, m.periode, m.mois, m.base_centimes::bigint as base_centimes,
    m.droit_centimes::bigint as droit_centimes, m.assiette_centimes::bigint as assiette_centimes,
    coalesce(p.portee_centimes, 0)::bigint as portee_centimes
from campagnes_mois m
left join portees p using (siren, cumul, periode, mois)
where m.assiette_centimes <> coalesce(p.portee_centimes, 0)
