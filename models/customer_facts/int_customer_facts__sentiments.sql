-- One row per sentiment measured up to the as-of date, with its customer.
{{ facts_of_customers('sentiments', happened_at='measured_at') }}
