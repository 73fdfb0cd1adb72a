{#
    Damped Newton steps on the logarithms of the parameters, for the materialisation
    maximum_likelihood. Numbers go to the engine as texts that are cast to doubles: no digit is lost,
    and Snowflake, to which 1e0 is a decimal, divides doubles.
#}

{#
    Climbs to the top of a likelihood. Returns a dictionary: parameters (name -> text, or none),
    log_likelihood, observation_count, repeat_count, step_count, gradient_norm, is_converged.

    likelihood: its name; groups: the relation of <name>_groups_sql(). Configuration: see
    maximum_likelihood.
#}
{% macro maximum_likelihood_fit(likelihood, groups) -%}
    {%- set counts = numbers_of(
        'select coalesce(sum(observation_count), 0) as observation_count,'
        ~ ' coalesce(sum(case when x > 0 then observation_count end), 0) as repeat_count,'
        ~ ' coalesce(max(x), 0) as largest_count from ' ~ groups
    ) -%}
    {%- set starts = context[likelihood ~ '_parameters']() -%}
    {%- set fit = {
        'parameters': dict(zip(starts.keys(), [none] * starts | length)), 'log_likelihood': none, 'gradient_norm': none,
        'observation_count': counts[0] | int, 'repeat_count': counts[1] | int,
        'step_count': 0, 'is_converged': false,
    } -%}
    {%- if fit.repeat_count < config.get('min_repeat_count', 1) -%}
        {{ return(fit) }}
    {%- endif -%}

    {%- set state = namespace(
        point=starts.values() | list, best=none, damping=0.01, step_count=0, is_converged=false
    ) -%}
    {%- for step in range(config.get('max_steps', 60)) if not state.is_converged -%}
        {%- set here = likelihood_at(likelihood, groups, state.point, counts[2] | int) -%}
        {%- set state.step_count = step + 1 -%}
        {%- if state.best is none or is_no_lower(here.log_likelihood, state.best.log_likelihood) -%}
            {%- set state.best = here -%}
            {%- set state.damping = state.damping / 10 -%}
            {%- set state.is_converged = here.slope / counts[0] < 1e-9 -%}
        {%- else -%}
            {%- set state.damping = state.damping * 10 -%}
        {%- endif -%}
        {%- set move = damped_newton_move(state.best, state.damping, counts[0]) -%}
        {%- set state.damping = move.damping -%}
        {%- set state.point = move.point -%}
    {%- endfor -%}

    {%- do fit.update({
        'parameters': dict(zip(starts.keys(), state.best.parameters)),
        'log_likelihood': '%.17e' | format(state.best.log_likelihood),
        'gradient_norm': '%.17e' | format(state.best.slope / counts[0]),
        'step_count': state.step_count,
        'is_converged': state.is_converged,
    }) -%}
    {%- if not state.is_converged -%}
        {%- do exceptions.warn(
            'maximum_likelihood: ' ~ this ~ ' has not converged. ' ~ describe_fit(fit) | capitalize
            ~ ', with a slope of ' ~ fit.gradient_norm ~ ' an observation.'
        ) -%}
    {%- endif -%}
    {{ return(fit) }}
{%- endmacro %}


{# Whether a likelihood is no worse than another, but for what rounding does. #}
{% macro is_no_lower(log_likelihood, other) -%}
    {{ return(log_likelihood >= other - 1e-11 * (other | abs)) }}
{%- endmacro %}


{#
    A likelihood at a point (logarithms of the parameters), with gradient and Hessian by these
    logarithms: d/dt = p d/dp, and d²/dt² has p dl/dp on its diagonal as well.
#}
{% macro likelihood_at(likelihood, groups, point, largest_count) -%}
    {%- set size = point | length -%}
    {%- set values = [] -%}
    {%- set parameters = [] -%}
    {%- for logarithm in point -%}
        {%- do values.append(2.718281828459045 ** logarithm) -%}
        {%- do parameters.append("cast('" ~ '%.17e' | format(values[-1]) ~ "' as double)") -%}
    {%- endfor -%}
    {%- set step_sql = context[likelihood ~ '_step_sql'] -%}
    {%- set found = numbers_of(step_sql(parameters, groups, largest_count)) -%}
    {%- set gradient = [] -%}
    {%- for value in values -%}
        {%- do gradient.append(found[1 + loop.index0] * value) -%}
    {%- endfor -%}
    {%- set hessian = [] -%}
    {%- for row in range(size) -%}
        {%- set entries = [] -%}
        {%- for column in range(size) -%}
            {%- set low, high = [row, column] | min, [row, column] | max -%}
            {%- set place = 1 + size + low * size - low * (low - 1) // 2 + high - low -%}
            {%- set curvature = found[place] * values[row] * values[column] -%}
            {%- do entries.append(curvature + (gradient[row] if row == column else 0)) -%}
        {%- endfor -%}
        {%- do hessian.append(entries) -%}
    {%- endfor -%}
    {{ return({
        'point': point, 'parameters': parameters, 'log_likelihood': found[0],
        'gradient': gradient, 'hessian': hessian,
        'slope': gradient | map('abs') | max,
    }) }}
{%- endmacro %}


{#
    The next point: the gradient divided by the curvature, damped until that has a top, and no
    further than 1.5 along any logarithm. Returns the point and the damping that it took.
#}
{% macro damped_newton_move(best, damping, observation_count) -%}
    {%- set size = best.point | length -%}
    {%- set state = namespace(factor=none, damping=damping) -%}
    {%- for attempt in range(40) if state.factor is none -%}
        {%- if attempt > 0 -%}
            {%- set state.damping = [state.damping * 10, 1e-6] | max -%}
        {%- endif -%}
        {%- set matrix = [] -%}
        {%- for row in range(size) -%}
            {%- set entries = [] -%}
            {%- for column in range(size) -%}
                {%- set scale = [best.hessian[row][row] | abs, 0.001 * observation_count ** 0.5] | max -%}
                {%- do entries.append(
                    -best.hessian[row][column] + (state.damping * scale if row == column else 0)
                ) -%}
            {%- endfor -%}
            {%- do matrix.append(entries) -%}
        {%- endfor -%}
        {%- set state.factor = cholesky_factor(matrix) -%}
    {%- endfor -%}
    {%- if state.factor is none -%}
        {%- do exceptions.raise_compiler_error(
            'maximum_likelihood: ' ~ this ~ ' cannot go on from the parameters '
            ~ best.parameters | join(', ') ~ ': the curvature there is no number.'
        ) -%}
    {%- endif -%}
    {%- set move = solved_by_cholesky(state.factor, best.gradient) -%}
    {%- set share = [1, 1.5 / ([move | map('abs') | max, 1e-300] | max)] | min -%}
    {%- set point = [] -%}
    {%- for logarithm in best.point -%}
        {%- do point.append(logarithm + share * move[loop.index0]) -%}
    {%- endfor -%}
    {{ return({'point': point, 'damping': state.damping}) }}
{%- endmacro %}


{# The lower Cholesky factor of a symmetric matrix, or none where it is not positive definite. #}
{% macro cholesky_factor(matrix) -%}
    {%- set factor = [] -%}
    {%- for row in range(matrix | length) -%}
        {%- set entries = [] -%}
        {%- for column in range(row + 1) -%}
            {%- set other = entries if row == column else factor[column] -%}
            {%- set rest = namespace(value=matrix[row][column]) -%}
            {%- for place in range(column) -%}
                {%- set rest.value = rest.value - entries[place] * other[place] -%}
            {%- endfor -%}
            {%- if row != column -%}
                {%- do entries.append(rest.value / other[column]) -%}
            {%- elif rest.value > 0 -%}
                {%- do entries.append(rest.value ** 0.5) -%}
            {%- else -%}
                {{ return(none) }}
            {%- endif -%}
        {%- endfor -%}
        {%- do factor.append(entries) -%}
    {%- endfor -%}
    {{ return(factor) }}
{%- endmacro %}


{# The x with matrix · x = right, where factor is the matrix's Cholesky factor. #}
{% macro solved_by_cholesky(factor, right) -%}
    {%- set size = right | length -%}
    {%- set forward = [] -%}
    {%- for row in range(size) -%}
        {%- set rest = namespace(value=right[row]) -%}
        {%- for place in range(row) -%}
            {%- set rest.value = rest.value - factor[row][place] * forward[place] -%}
        {%- endfor -%}
        {%- do forward.append(rest.value / factor[row][row]) -%}
    {%- endfor -%}
    {%- set backward = [none] * size -%}
    {%- for row in range(size) | reverse -%}
        {%- set rest = namespace(value=forward[row]) -%}
        {%- for place in range(row + 1, size) -%}
            {%- set rest.value = rest.value - factor[place][row] * backward[place] -%}
        {%- endfor -%}
        {%- do backward.pop(row) -%}
        {%- do backward.insert(row, rest.value / factor[row][row]) -%}
    {%- endfor -%}
    {{ return(backward) }}
{%- endmacro %}


{# The numbers in the first row of a query. #}
{% macro numbers_of(select_sql) -%}
    {%- set numbers = [] -%}
    {%- for value in run_query(select_sql).rows[0].values() -%}
        {%- do numbers.append(value | float) -%}
    {%- endfor -%}
    {{ return(numbers) }}
{%- endmacro %}
