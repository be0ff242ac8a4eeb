-- Proves: whoever has a base that a DSN brought and that counts is in the list of the employees of
-- that company.
-- Source: design section 5 (an employee is known by one pseudonym); btp section 7 (matching).
with portees as (
    select siren, salarie, min(mois_appel) as premier, count(*) as lignes
    from bases_entiere
    where source = 'DSN' and statut = 'RETENUE' and salarie is not null
    group by siren, salarie
)
select siren, premier, lignes::bigint as lignes
from portees
anti join salaries using (siren, salarie)
anti join tenues using (siren)
