"""Connected components: the dbt materialisation beside SciPy and Splink."""
