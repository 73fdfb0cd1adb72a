-- Every raw row has been judged, and nothing else: each raw table and its base model have as many
-- rows of each key. Fails with an error that names some keys of which they have not.
{{ unaccounted_rows() }}
