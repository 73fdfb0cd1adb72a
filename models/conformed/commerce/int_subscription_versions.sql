-- One row per subscription and day on which its row was made or changed.
with

supplied as (
    {{ union_sources('subscription_versions') }}
)

select
    supplied.*,
    -- the first version says what was so since the start, whenever it was loaded
    case
        when supplied.changed_on
            = min(supplied.changed_on) over (partition by supplied.subscription_id)
            then least(supplied.changed_on, supplied.start_date)
        else supplied.changed_on
    end as known_on
from supplied
