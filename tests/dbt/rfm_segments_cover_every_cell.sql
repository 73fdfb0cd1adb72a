-- Every one of the 125 cells has exactly one segment (its key is tested unique).
select count(*) as cell_count
from {{ ref('rfm_segments') }}
where recency_score between 1 and 5
    and frequency_score between 1 and 5
    and monetary_score between 1 and 5
having count(*) <> 125
