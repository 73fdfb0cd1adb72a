"""Splink's clustering. Arguments: graph file, result file, memory limit, threads.

Runs in an environment of its own, which has Splink and DuckDB and nothing of this project.
"""

import json
import logging
import sys
import time

import duckdb
import splink
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

from benchmarks.peak_memory import peak_memory_mb


class IterationCounter(logging.Handler):
    """Counts the iterations that Splink logs."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.getMessage().startswith("Completed iteration")


def main(graph: str, result: str, memory_limit: str, threads: str) -> dict[str, object]:
    """Cluster every edge and write the clusters to a table; the nodes come ready made."""
    counter = IterationCounter()
    logging.getLogger("splink").addHandler(counter)
    logging.getLogger("splink").setLevel(1)
    connection = duckdb.connect(
        result, config={"memory_limit": memory_limit, "threads": int(threads)}
    )
    connection.execute(f"attach '{graph}' as graph (read_only)")

    start, cpu_start = time.perf_counter(), time.process_time()
    database = DuckDBAPI(connection=connection)
    nodes = database.register(connection.table("graph.nodes"))
    edges = database.register(connection.table("graph.edges"))
    clusters = cluster_pairwise_predictions_at_threshold(
        nodes,
        edges,
        database,
        node_id_column_name="node_id",
        edge_id_column_name_left="node_a",
        edge_id_column_name_right="node_b",
    )
    connection.execute(
        "create table labels as select node_id, cluster_id as component_id "
        f"from {clusters.physical_name}"
    )
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start

    connection.close()
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "rounds": counter.count,
        "peak_memory_mb": peak_memory_mb(),
        "versions": [f"Splink {splink.__version__}", f"DuckDB {duckdb.__version__}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
