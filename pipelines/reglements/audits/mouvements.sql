-- Proves: every movement that the bank told ends in one place, received, paid out, waiting or left aside, for
-- what moved on the account; nothing else was received. A movement lost is nobody's.
-- Source: money in = money booked; a movement is given to a company once, or waits with its reason.
with places as (
    select siren, regexp_extract(encaissement, '^(D\d+-\d+)', 1) as mouvement, 'RECU' as place,
        coalesce(net_centimes, montant_centimes) as net_centimes
    from encaissements_entiere
    union all
    select siren, regexp_extract(decaissement, '^(D\d+-\d+)', 1), 'DECAISSE', net_centimes
    from decaissements_entiere
    union all
    select null, depot || '-' || rang, 'EN_ATTENTE', net_centimes
    from encaissements_non_affectes
    union all
    select null, depot || '-' || rang, 'ECARTE', net_centimes
    from mouvements_ecartes
), rangees as (
    select
        max(siren) as siren, mouvement, count(distinct place) as places,
        sum(net_centimes) as net_centimes
    from places
    group by mouvement
), dits as (
    select depot || '-' || rang as mouvement, montant_centimes
    from mouvements_banque
    where depot not in (select depot from depots_ecartes)
)
select
    r.siren, coalesce(r.mouvement, d.mouvement) as mouvement, d.montant_centimes,
    r.net_centimes::bigint as net_centimes, coalesce(r.places, 0) as places
from dits d
full join rangees r using (mouvement)
where d.mouvement is null
    or r.places is distinct from 1
    or d.montant_centimes <> r.net_centimes
