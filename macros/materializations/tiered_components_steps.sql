{# The steps of the materialisation tiered_components, each of some statements. #}

{# Every name a scratch table can have; `given` is the first to be made. #}
{% macro tiered_components_scratch_names(rounds) -%}
    {%- set names = connected_components_scratch_names(rounds) -%}
    {%- for name in [
        'values', 'mixed', 'units', 'made_1', 'made_2', 'sightings', 'evidence', 'said', 'profiles', 'own_keys', 'nicknames', 'labels_none',
    ] -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {%- for tier in identity_tiers() -%}
        {%- for name in [
            'carriers', 'cluster_profiles', 'cluster_keys', 'groups', 'contradictions',
            'disputants', 'claimed', 'rightful', 'groups_given_up', 'contradictions_given_up',
            'disputants_given_up', 'owners', 'neighbours', 'torn', 'joins', 'closed_1', 'closed_2', 'closed_3', 'faults_1', 'faults_2',
            'faults_3', 'labels', 'refusals',
        ] -%}
            {%- do names.append(name ~ '_' ~ tier) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names + ['given']) }}
{%- endmacro %}


{# The classes of identifiers, in the order in which they join. #}
{% macro identity_tiers() -%}
    {{ return(['override', 'key', 'contact', 'device']) }}
{%- endmacro %}


{#
    Close all tiers over what a query hands over. Returns the most rounds that a closure took, and the
    queries of the result and of the refusals.
#}
{% macro close_tiers(given_sql, max_rounds) -%}
    {%- set given_rows = create_scratch_table('given', given_sql) -%}
    {%- set values = create_scratch_table('values', tiers_values_sql(given_rows)) -%}
    {%- set mixed_values = create_scratch_table('mixed', tiers_mixed_values_sql(given_rows)) -%}
    {%- set sightings = create_scratch_table('sightings', tiers_sightings_sql(given_rows, values)) -%}
    {%- set said = create_scratch_table('said', tiers_said_sql(given_rows)) -%}
    {%- set closed_units = close_edges(tiers_unit_edges_sql(sightings, mixed_values), max_rounds) -%}
    {%- set units = create_scratch_table('units', closed_units.result_sql) -%}
    {%- set given = {
        'shared_values': values,
        'said': said,
        'sightings': sightings,
        'evidence': create_scratch_table('evidence', tiers_evidence_sql(given_rows)),
        'profiles': create_scratch_table('profiles', tiers_profiles_sql(given_rows, said)),
        'own_keys': create_scratch_table('own_keys', tiers_own_keys_sql(given_rows)),
        'nicknames': create_scratch_table('nicknames', tiers_nicknames_sql(ref('nicknames'))),
    } -%}
    {%- set state = namespace(
        labels=create_scratch_table('labels_none', tiers_no_labels_sql()),
        rounds=closed_units.rounds
    ) -%}
    {%- set refusals = [] -%}
    {%- for tier in identity_tiers() -%}
        {%- set closed = close_tier(tier, given, state.labels, max_rounds) -%}
        {%- set state.labels = closed.labels -%}
        {%- set state.rounds = [state.rounds, closed.rounds] | max -%}
        {%- do refusals.extend(closed.refusals) -%}
    {%- endfor -%}
    {{ return({
        'rounds': state.rounds,
        'result_sql': tiers_result_sql(units, state.labels),
        'refusals_sql': tiers_all_refusals_sql(mixed_values, refusals),
    }) }}
{%- endmacro %}


{# Close one tier on the clusters so far (labels); returns the new labels and the refusals. #}
{% macro close_tier(tier, given, labels, max_rounds) -%}
    {%- set found = {'tier': tier, 'labels': labels} -%}
    {%- do found.update(given) -%}
    {%- do found.update(carriers=create_scratch_table('carriers_' ~ tier, tier_carriers_sql(found))) -%}
    {%- set rounds = namespace(most=1) -%}
    {%- set carrier_count, former_count = run_query(
        'select count(*), count(ended_at) from ' ~ found.carriers
    ).rows[0] -%}
    {%- if carrier_count == 0 -%}
        {{ return({'labels': labels, 'refusals': [], 'rounds': 1}) }}
    {%- endif -%}

    {%- for name, select_sql in {
        'cluster_profiles': tier_cluster_profiles_sql,
        'cluster_keys': tier_cluster_keys_sql,
    }.items() -%}
        {%- do found.update({name: create_scratch_table(name ~ '_' ~ tier, select_sql(found))}) -%}
    {%- endfor -%}
    {%- if former_count -%}
        {%- do find_disputes(found, tier_given_up_sql, 'given_up_' ~ tier) -%}
        {%- do found.update(claimed=create_scratch_table('claimed_' ~ tier, tier_claimed_sql(found))) -%}
        {%- do found.update(carriers=create_scratch_table('rightful_' ~ tier, tier_rightful_sql(found))) -%}
    {%- endif -%}
    {%- do find_disputes(found, tier_groups_sql, tier) -%}
    {%- for name, select_sql in {
        'owners': tier_owners_sql,
        'neighbours': tier_neighbours_sql,
    }.items() -%}
        {%- do found.update({name: create_scratch_table(name ~ '_' ~ tier, select_sql(found))}) -%}
    {%- endfor -%}
    {%- do found.update(torn=create_scratch_table('torn_' ~ tier, tier_contradictions_sql(
        found,
        'select silent_cluster_id as group_id, known_cluster_id as cluster_id from ' ~ found.neighbours
        ~ ' group by 1, 2'
    ))) -%}
    {%- do found.update(joins=create_scratch_table('joins_' ~ tier, tier_joins_sql(found))) -%}

    {#- All joins first; of the clusters that contradict themselves only the stronger ones. -#}
    {%- set closures = [] -%}
    {%- set faults = [] -%}
    {%- set state = namespace(is_done=false) -%}
    {%- for strength in [1, 2, 3] if not state.is_done -%}
        {%- set closed = close_edges(
            tier_edges_sql(found, strength, closures | last, faults | last), max_rounds
        ) -%}
        {%- set rounds.most = [rounds.most, closed.rounds] | max -%}
        {%- do closures.append(create_scratch_table(
            'closed_' ~ strength ~ '_' ~ tier, closed.result_sql
        )) -%}
        {%- do faults.append(create_scratch_table(
            'faults_' ~ strength ~ '_' ~ tier, tier_faults_sql(found, closures[-1])
        )) -%}
        {%- set fault_count = scalar('select count(*) from ' ~ faults[-1]) -%}
        {%- do log(
            this ~ ': ' ~ fault_count ~ ' clusters contradict themselves in the tier of ' ~ tier
            ~ 's, joins of strength ' ~ strength
        ) -%}
        {%- set state.is_done = fault_count == 0 -%}
    {%- endfor -%}

    {%- set new_labels = create_scratch_table(
        'labels_' ~ tier, tier_labels_sql(found, closures, faults)
    ) -%}
    {%- do found.update(new_labels=new_labels, first_closure=closures[0], first_faults=faults[0]) -%}
    {{ return({
        'labels': new_labels,
        'rounds': rounds.most,
        'refusals': [create_scratch_table('refusals_' ~ tier, tier_refusals_sql(found))],
    }) }}
{%- endmacro %}


{# Find which carriers of a value, or of those whom it would join (groups_sql), contradict each other. #}
{% macro find_disputes(found, groups_sql, suffix) -%}
    {%- do found.update(groups=create_scratch_table('groups_' ~ suffix, groups_sql(found))) -%}
    {%- do found.update(contradictions=create_scratch_table(
        'contradictions_' ~ suffix,
        tier_contradictions_sql(found, 'select group_id, cluster_id from ' ~ found.groups)
    )) -%}
    {%- do found.update(disputants=create_scratch_table(
        'disputants_' ~ suffix, tier_disputants_sql(found)
    )) -%}
{%- endmacro %}
