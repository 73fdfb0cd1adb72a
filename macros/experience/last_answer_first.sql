{#
    Which of several answers of a type is the last: the ORDER BY under which it comes first. At equal
    times the worst is, then that with the smallest id. Wants the columns of
    int_experience__survey_answers in scope.
#}
{% macro last_answer_first() -%}
    responded_at desc, coalesce(-ces_effort, csat_score, score), survey_answer_id
{%- endmacro %}
