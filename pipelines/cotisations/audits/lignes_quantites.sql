-- Proves: the lines of the calls of a month bear every base that counts and nothing else, each one
-- once for each contribution that it feeds; before and after réfaction, rounded once on the sum.
-- Source: cotisations sections 1 and 2; decisions C-01, C-02, C-03, C-08.
with comparees as (
    select
        siren, cdg, mois_appel, mois_rattachement, cotisation,
        quantite as attendue, base_brute_centimes as brute_attendue, base_centimes as base_attendue,
        0 as appelee, 0 as brute_appelee, 0 as base_appelee
    from lignes_attendues
    where tarifee and not attend
    union all
    select
        siren, cdg, mois_appel, mois_rattachement, cotisation, 0, 0, 0, quantite,
        base_brute_centimes, base_centimes
    from lignes_appelees
)
select
    siren, cdg, mois_appel, mois_rattachement, cotisation,
    sum(attendue)::bigint as quantite_attendue, sum(appelee)::bigint as quantite_appelee,
    sum(brute_attendue)::bigint as brute_attendue, sum(brute_appelee)::bigint as brute_appelee,
    sum(base_attendue)::bigint as base_attendue, sum(base_appelee)::bigint as base_appelee
from comparees
group by all
having sum(attendue) <> sum(appelee)
    or sum(brute_attendue) <> sum(brute_appelee)
    or sum(base_attendue) <> sum(base_appelee)
