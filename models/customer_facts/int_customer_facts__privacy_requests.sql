-- One row per data subject's request received up to the as-of date, with its customer.
{{ facts_of_customers('privacy_requests', happened_at='received_at') }}
