-- Proves: a new transfer to a company goes to an account of it that serves on the day of execution: one
-- that it marked when it has such a one, else that of a mandate; the day is open for the banks and is the
-- second one after the night at the earliest. Source: decisions I-41, I-42, L-43, L-44.
with nouveaux as (
    select * from reglements anti join reglements_avant using (reglement)
), marques as (
    select n.reglement, bool_or(c.compte = n.compte) as choisi
    from nouveaux n
    join comptes_bancaires c
        on c.siren = n.siren and c.remboursements
        and n.date_execution between c.debut and coalesce(c.fin, n.date_execution)
    where n.salarie is null
    group by all
)
select n.siren, n.reglement, n.montant_centimes
from nouveaux n
cross join nuit
left join comptes_bancaires c on c.compte = n.compte
left join marques m using (reglement)
where n.salarie is null
    and (
        c.siren is distinct from n.siren
        or n.date_execution < c.debut
        or n.date_execution > coalesce(c.fin, n.date_execution)
        or not coalesce(m.choisi, n.compte in (select compte from mandats where siren = n.siren))
    )
    or isodow(n.date_execution) > 5
    or n.date_execution < nuit.date_arrete + 2
    or n.date_emission <> nuit.date_arrete
    or n.etat <> 'EMIS'
    or n.bout_en_bout <> n.reglement
