-- One row per raw table of an enabled source: the rows it holds, counted where they were loaded.
{{ count_raw_rows() }}
