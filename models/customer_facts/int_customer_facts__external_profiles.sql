-- One row per bought profile updated up to the as-of date, with its customer.
{{ facts_of_customers('external_profiles', happened_at='updated_at') }}
