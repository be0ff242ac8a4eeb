-- Sum made once: contracts, absences and pays by declaration, with those under an identifier that
-- designates someone else, and those whose number of contract shows a NIR.
with lignes as (
    select 'CONTRATS' as nom, siren, depot, rang_declaration, origine, mois, salarie, contrat
    from contrats
    union all
    select 'ABSENCES', siren, depot, rang_declaration, origine, mois, salarie, contrat
    from absences
    union all
    select 'REMUNERATIONS', siren, depot, rang_declaration, origine, mois, salarie, contrat
    from remunerations
), lies as (
    select siren, identifiant from liens_salaries where etat = 'LIE'
)
select
    i.nom, i.siren, i.depot, i.rang_declaration, i.origine, i.mois, count(*) as nombre,
    count(l.identifiant) as remplaces, count_if(montre_nir(i.contrat)) as nus
from lignes i
left join lies l on (l.siren, l.identifiant) = (i.siren, i.salarie)
group by all
