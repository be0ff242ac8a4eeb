-- Proves: no number that a company chooses (of a contract, of an employee) shows a NIR outside the
-- table of identities. Source: design section 5 (one table holds NIR and names).
select siren, nom, depot, rang_declaration, nus::bigint as lignes
from retenues_sommees
where nus > 0
union all
select siren, 'SALARIES', null, null, count(*)::bigint
from salaries
where montre_nir(matricule)
group by siren
