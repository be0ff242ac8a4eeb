-- Proves: contracts, absences and pays are those of the declarations that count, each in its month,
-- and no declaration that brings bases of individuals lacks its contracts. An end of contract is of
-- an event of that nature. Source: decisions D-01 (annule-et-remplace), D-03.
select r.siren, r.nom, r.depot, r.rang_declaration, r.mois, r.nombre::bigint as lignes
from retenues_sommees r
left join declarations d using (depot, rang_declaration)
where case r.origine
    when 'MENSUELLE' then
        d.nature is distinct from '01' or d.statut <> 'RETENUE' or d.mois_appel <> r.mois
    else d.nature is distinct from '07' or d.statut <> 'SANS_EFFET'
end
union all
select b.siren, 'CONTRATS', b.depot, b.rang_declaration, b.mois_appel, 0
from bases_sommees b
anti join (
    select depot, rang_declaration from retenues_sommees where nom = 'CONTRATS'
) using (depot, rang_declaration)
where b.source = 'DSN' and b.statut = 'RETENUE' and length(b.code_base) = 2
