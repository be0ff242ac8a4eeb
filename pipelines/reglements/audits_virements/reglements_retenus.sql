-- Proves: what waits for its company to be up to date is of one that is not; a new transfer that asks for
-- it is of one that is. Source: decisions I-40, I-42.
select r.siren, r.raison as quoi, r.montant_centimes
from reglements_retenus r
left join situations s using (siren)
where r.raison = 'PAS_A_JOUR' and coalesce(s.a_jour, true)
union all
select p.siren, p.reglement, p.montant_centimes
from reglements p
anti join reglements_avant a using (reglement)
semi join (
    select reglement from reglements_dus join dus using (du) where dus.si_a_jour
) d using (reglement)
join situations s on s.siren = p.siren
where not s.a_jour
