-- One row per billing transaction up to the as-of date, with its customer.
{{ facts_of_customers('billing_transactions', happened_at='transacted_at') }}
