-- Sum made once: each campaign of a company by month of attachment: what is attached up to it, the
-- abatement earned, the assiette of the month. Campaigns of which a line waits are left out.
-- Source: cotisations section 5; decisions C-05: months declared (DSN of type 01, 02, 03 or 05, wage
-- return, estimation) and those to which a base called, even nil, is attached.
with appelees as (
    select a.siren, a.cumul, p.periode, p.premier, a.mois_rattachement as mois, a.base_centimes
    from lignes_attendues a
    join periodes p on p.cumul = a.cumul and p.mois = a.mois_rattachement
    where p.droit = 'MENSUEL' and a.partie = 'AU_DELA'
), completes as (
    select siren, cumul, periode, premier
    from appelees
    group by all
    having (siren, cumul, periode) not in (
        select (a.siren, a.cumul, p.periode)
        from lignes_attendues a
        join periodes p on p.cumul = a.cumul and p.mois = a.mois_rattachement
        where a.attend
    )
), declares as (
    select siren, mois_appel as mois
    from declarations
    where nature = '01' and statut = 'RETENUE' and type in ('01', '02', '03', '05')
    union
    select siren, mois_appel
    from bases_sommees
    where source in ('TDP', 'ESTIMATION') and (statut = 'RETENUE' or motif = 'CP-05')
    union
    select siren, mois_appel
    from releves_tdp
    where statut = 'RETENUE'
), mois as (
    select siren, cumul, periode, premier, mois, sum(base_centimes) as base_centimes
    from (
        from appelees
        union all
        select d.siren, c.cumul, c.periode, c.premier, d.mois, 0
        from declares d
        join completes c using (siren)
        join periodes p on p.cumul = c.cumul and p.periode = c.periode and p.mois = d.mois
    )
    semi join completes using (siren, cumul, periode)
    group by all
), activites as (
    select
        c.*, coalesce(i.choix, 'mensuel_cumule') as strategie, p.choix as prorata,
        case when p.choix = 'mois_complet' and day(m.debut_activite) > 1
            then rang_mois(m.debut_activite) + 1 else rang_mois(m.debut_activite)
        end as entree,
        case when p.choix = 'mois_complet' and m.fin_activite <> last_day(m.fin_activite)
            then rang_mois(m.fin_activite) - 1 else rang_mois(m.fin_activite)
        end as sortie
    from completes c
    left join options i
        on i.option = 'imputation_abattement' and vaut(i.debut, i.fin, c.premier)
    left join options p on p.option = 'prorata_activite' and vaut(p.debut, p.fin, c.premier)
    left join adherents m on m.siren = c.siren
), bornees as (
    select
        m.*, p.annuel_centimes,
        case when a.prorata = 'aucun' then p.rang_premier
            else greatest(p.rang_premier, a.entree)
        end as depuis,
        least(
            p.rang_dernier,
            case when a.prorata <> 'aucun' then a.sortie end,
            case a.strategie when 'mensuel_cumule' then rang_mois(premier_jour(m.mois)) end
        ) as jusque
    from mois m
    join activites a using (siren, cumul, periode)
    join periodes p on p.cumul = m.cumul and p.mois = m.mois
), cumulees as (
    select
        siren, cumul, periode, mois, base_centimes,
        arrondi(greatest(0, jusque - depuis + 1) * annuel_centimes, 12) as droit_centimes,
        sum(base_centimes) over campagne as attachees_centimes
    from bornees
    window campagne as (partition by siren, cumul, periode order by mois)
)
select
    *,
    greatest(0, attachees_centimes - droit_centimes)
    - coalesce(lag(greatest(0, attachees_centimes - droit_centimes)) over campagne, 0)
    as assiette_centimes
from cumulees
window campagne as (partition by siren, cumul, periode order by mois)
