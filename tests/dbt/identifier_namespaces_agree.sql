-- The seed identifier_namespaces makes sense. Returns the rows that do not, and what to do.
{% set systems = var('source_systems') | join("', '") %}

select
    source_name,
    identifier_type,
    'name a system of var source_systems: of another one nothing is numbered apart' as remedy
from {{ ref('identifier_namespaces') }}
where source_name not in ('{{ systems }}')
