-- Raw tables of which more is rejected than var('rejected_share_warns').
{{ config(severity='warn') }}
{{ tables_rejected_beyond(var('rejected_share_warns')) }}
