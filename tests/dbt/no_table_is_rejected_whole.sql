-- Raw tables of which too large a share was rejected, duplicates left out: one of them empties what
-- is built of it, and nothing else would say so. var('rejected_share_fails') is the bound.
{{ tables_rejected_beyond(var('rejected_share_fails')) }}
