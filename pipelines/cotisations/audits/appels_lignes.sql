-- Proves: a call is the sum of its lines, all of its centre, company, month and rank.
-- Source: cotisations section 1 (one call a centre and month); decisions C-02, C-08.
with sommes as (
    select appel, siren, cdg, mois_appel, rang, sum(montant_centimes) as lignes_centimes
    from lignes_appel
    group by all
)
select
    coalesce(a.siren, s.siren) as siren, coalesce(a.appel, s.appel) as appel,
    a.montant_centimes, s.lignes_centimes::bigint as lignes_centimes
from appels a
full join sommes s using (appel, siren, cdg, mois_appel, rang)
where a.montant_centimes is distinct from s.lignes_centimes
