{#
    Publications on DuckDB: files beside the warehouse's own, `publications/<id>.duckdb`, and what
    BI opens, `published.duckdb`. SQL cannot make folders, rename and delete, so that is done by the
    dbt-duckdb plugin of orchestration/publish_files.py, which profiles.yml names.
#}

{# The folder of the warehouse's file, with a slash at its end where it is not this one. #}
{% macro warehouse_folder() %}
    {% if target.path.startswith((':memory:', 'md:', 'motherduck:')) %}
        {% do exceptions.raise_compiler_error(
            "There is no publishing from '" ~ target.path ~ "': BI opens a file beside the warehouse's, "
            ~ 'so the warehouse must be a file too.'
        ) %}
    {% endif %}
    {{ return(modules.re.sub('[^/]*$', '', target.path)) }}
{% endmacro %}


{# The path of what BI opens, or of one publication. #}
{% macro publication_path(publication_id=none) %}
    {% set name = 'publications/' ~ publication_id if publication_id else 'published' %}
    {{ return(warehouse_folder() ~ name ~ '.duckdb') }}
{% endmacro %}


{# Lets the plugin do something (prepare, turn, drop) with the file of a publication. #}
{% macro handle_publication_file(action, publication_id) %}
    {% set plugins = target.plugins or [] %}
    {% if 'publications' not in plugins | map(attribute='alias') %}
        {% do exceptions.raise_compiler_error(
            "Target '" ~ target.name ~ "' cannot publish, because its plugin `publications` is missing. "
            ~ 'Copy the lines `plugins:` of profiles.yml.example into profiles.yml.'
        ) %}
    {% endif %}
    {% do adapter.store_relation(
        'publications', operations_relation('publications'), [], publication_path(publication_id), 'duckdb',
        {'action': action, 'published': publication_path()}
    ) %}
{% endmacro %}


{# The files whose names match a pattern. #}
{% macro find_files(pattern) %}
    {{ return(run_query(
        "select file from glob('" ~ pattern | replace("'", "''") ~ "') order by 1"
    ).columns[0].values() | list) }}
{% endmacro %}


{# Attaches a file of DuckDB under a name. option: as in `attach … (option)`. #}
{% macro attach_file(path, name, option) %}
    {% do run_query(
        "attach '" ~ path | replace("'", "''") ~ "' as " ~ name ~ ' (' ~ option ~ ')'
    ) %}
{% endmacro %}
