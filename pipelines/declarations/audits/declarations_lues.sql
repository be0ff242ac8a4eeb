-- Proves: every declaration of a real conforming deposit that is not set aside is settled, once, and
-- no other is. Source: design section 4 (one state at a time, nothing lost); decisions D-01.
with comptees as (
    select siren, depot, rang_declaration, 1 as lue, 0 as integree
    from declarations_lues
    where conforme and not essai and depot not in (select depot from depots_ecartes)
    union all
    select siren, depot, rang_declaration, 0, 1
    from declarations
)
select
    siren, depot, rang_declaration, sum(lue)::bigint as lues, sum(integree)::bigint as integrees
from comptees
group by all
having sum(lue) <> 1 or sum(integree) <> 1
