-- Proves: an indemnity is three quarters of the hourly wage for its hours, rounded once; what serves as a base of
-- the refund is no more; a provisional refund, heat apart, is what the wages known at the acceptance give, to the
-- cent; a company that is not up to date has at most that. Source: Code du travail, D5424-13, D5424-25 to
-- D5424-27; choices I-03, I-06, I-09, I-40.
with parts as (
    select i.*, t.valeur as taux, p.valeur as a_10, q.valeur as petites, g.valeur as grandes,
        m.valeur as multiple
    from indemnites_intemperies i
    left join valeurs_datees t
        on t.code = 'INDEMNITE_INTEMPERIES' and t.serie = 'taux_ppm'
        and vaut(t.debut, t.fin, i.annee || '-01')
    left join valeurs_datees p
        on p.code = 'REMBOURSEMENT_INTEMPERIES' and p.serie = 'taux_premieres_ppm'
        and vaut(p.debut, p.fin, left(i.campagne, 4) || '-04')
    left join valeurs_datees q
        on q.code = 'REMBOURSEMENT_INTEMPERIES' and q.serie = 'taux_petites_ppm'
        and vaut(q.debut, q.fin, left(i.campagne, 4) || '-04')
    left join valeurs_datees g
        on g.code = 'REMBOURSEMENT_INTEMPERIES' and g.serie = 'taux_grandes_ppm'
        and vaut(g.debut, g.fin, left(i.campagne, 4) || '-04')
    left join valeurs_datees m
        on m.code = 'REMBOURSEMENT_INTEMPERIES' and m.serie = 'multiple_abattement'
        and vaut(m.debut, m.fin, left(i.campagne, 4) || '-04')
), bases as (
    select *, somme_salaires_centimes::hugeint * multiple_salaires as s,
        abattement_centimes::hugeint * diviseur_salaires as a,
        remboursable_centimes - remboursable_premieres_centimes as suivantes
    from parts
), attendues as (
    select siren, declaration, salarie, annee, campagne, chaine,
        case when s <= a then 0 else arrondi(
            (s - a) * (
                remboursable_premieres_centimes::hugeint * a_10
                + suivantes * case when s <= a * multiple then petites else grandes end
            ),
            s * 1000000
        ) end as du
    from bases
    where not canicule and s is not null and remboursable_centimes is not null
), rendus as (
    select siren, declaration, salarie, annee, campagne, chaine,
        sum(montant_centimes)::bigint as rendu, bool_or(nature = 'DEFINITIF') as definitif
    from remboursements_intemperies
    group by all
)
select siren, declaration, annee, indemnite_calculee_centimes as montant_centimes,
    arrondi(salaire_horaire::hugeint * indemnisees_centiemes * taux, 10000000000)::bigint as attendu
from parts
where indemnite_calculee_centimes
        <> arrondi(salaire_horaire::hugeint * indemnisees_centiemes * taux, 10000000000)
    or indemnite_retenue_centimes > indemnite_calculee_centimes
    or premieres_centimes + suivantes_centimes <> indemnite_retenue_centimes
    or remboursable_centimes not between 0 and indemnite_retenue_centimes
union all
select r.siren, r.declaration, r.annee, r.rendu, a.du::bigint
from rendus r
join attendues a using (siren, declaration, salarie, annee, campagne, chaine)
left join situations_avant v using (siren)
where not r.definitif and r.rendu <> a.du and (coalesce(v.a_jour, true) or r.rendu > a.du)
