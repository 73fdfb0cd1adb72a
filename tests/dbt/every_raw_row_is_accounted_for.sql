-- received = accepted + rejected + duplicates for every raw table, the received rows counted in the
-- raw table itself.
select
    source_name,
    table_name,
    received_count,
    accepted_count,
    rejected_count,
    duplicate_count
from {{ ref('data_quality_metrics') }}
where received_count <> accepted_count + rejected_count + duplicate_count
