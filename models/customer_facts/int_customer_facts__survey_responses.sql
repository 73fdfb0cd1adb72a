-- One row per score answered up to the as-of date, with its customer.
{{ facts_of_customers('survey_responses', happened_at='responded_at') }}
