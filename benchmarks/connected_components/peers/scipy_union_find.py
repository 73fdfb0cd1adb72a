"""SciPy with its input and output. Arguments: graph file, result file, memory limit, threads."""

import json
import sys
import time

import duckdb
import numpy as np
import pyarrow as pa
import scipy
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.peak_memory import peak_memory_mb


def import_late_modules(connection: duckdb.DuckDBPyConnection) -> None:
    """Let both libraries import now what they would import at the first use, within the time."""
    pa.table(connection.sql("select 1 as node_id").fetchnumpy())


def main(graph: str, result: str, memory_limit: str, threads: str) -> dict[str, object]:
    """Fetch the edges, find the components, name each by its lowest node and write them back."""
    connection = duckdb.connect(
        result, config={"memory_limit": memory_limit, "threads": int(threads)}
    )
    connection.execute(f"attach '{graph}' as graph (read_only)")

    import_late_modules(connection)
    start, cpu_start = time.perf_counter(), time.process_time()
    edges = connection.sql("select node_a, node_b from graph.edges").fetchnumpy()
    node_a, node_b = edges["node_a"], edges["node_b"]
    size = int(max(node_a.max(), node_b.max())) + 1
    matrix = coo_matrix((np.ones(len(node_a), dtype=np.int8), (node_a, node_b)), (size, size))
    component_count, labels = connected_components(matrix, directed=False)

    is_node = np.zeros(size, dtype=bool)
    is_node[node_a] = True
    is_node[node_b] = True
    nodes = np.flatnonzero(is_node)
    lowest = np.empty(component_count, dtype=np.int64)
    lowest[labels[::-1]] = np.arange(size - 1, -1, -1)  # the last to write is the lowest node

    components = pa.table({"node_id": nodes, "component_id": lowest[labels[nodes]]})
    connection.register("components", components)
    connection.execute("create table labels as select node_id, component_id from components")
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start

    connection.unregister("components")
    connection.close()
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "rounds": None,
        "peak_memory_mb": peak_memory_mb(),
        "versions": [f"SciPy {scipy.__version__}", f"DuckDB {duckdb.__version__}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
