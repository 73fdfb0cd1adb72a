"""A stand-in for Databricks: open-source Spark with Delta Lake behind a Thrift server on loopback.

    with databricks_server(folder) as endpoint:
        connect_to_open_source_spark()      # tests/engines/databricks_client.py
        ...                                 # dbt, with endpoint.environment()

Needs Java 17 and, once, Maven and the network: the jars of Delta Lake are kept in the user's cache.
"""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import databricks.sql

from tests.engines.databricks_client import connect_to_open_source_spark

POM = Path(__file__).parent / "spark" / "pom.xml"
SCRIPT = POM.with_name("thrift_server.py")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "customer_360" / "spark"
HTTP_PATH = "sql/1.0/warehouses/stand-in"
SECONDS_TO_START = 180

# The system's Maven would look for a version of its own choice, which need not exist.
COPY_JARS = (
    "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
    "-DincludeScope=runtime",
    "-DincludeGroupIds=io.delta,io.unitycatalog",
)

JAVA_OPTIONS = (
    "-Xss8m",  # long expressions nest deeply
    "-Xmn800m",
    "-XX:+UseParallelGC",
    "-XX:MaxMetaspaceSize=768m",
    "-Ddelta.log.cacheSize=300",  # a table's log keeps the plans by which it is read: 5 MB
)
AS_ON_DATABRICKS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.default": "delta",
}
# Thousands of small statements over small tables: planning is what takes the time.
AS_FAST_AS_TWO_CORES_ALLOW = {
    "spark.broadcast.compress": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "false",
    "spark.databricks.delta.stats.skipping": "false",
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
    "spark.default.parallelism": "1",
    "spark.master": "local[2]",
    "spark.shuffle.compress": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.sql.maxPlanStringLength": "100",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.ui.explainMode": "simple",
    "spark.ui.enabled": "false",
}
# A server that lives through all tests keeps no more than the tables and plans of one company.
WITHIN_MEMORY = {
    "spark.driver.memory": "6g",
    "spark.sql.filesourceTableRelationCacheSize": "300",
    "spark.sql.ui.retainedExecutions": "10",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
}
SERVER = {
    "spark.hadoop.hive.server2.authentication": "NOSASL",
    "spark.hadoop.hive.server2.thrift.bind.host": "127.0.0.1",
    "spark.hadoop.hive.server2.thrift.http.path": HTTP_PATH,
    "spark.hadoop.hive.server2.transport.mode": "http",
}


class DatabricksServerError(Exception):
    """The stand-in could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """Where the stand-in answers."""

    port: int
    process_id: int
    host: str = "127.0.0.1"
    http_path: str = HTTP_PATH

    def environment(self) -> dict[str, str]:
        """What the output `databricks` of profiles.yml.example reads."""
        return {
            "DATABRICKS_HOST": f"{self.host}:{self.port}",
            "DATABRICKS_HTTP_PATH": self.http_path,
            "DATABRICKS_CATALOG": "hive_metastore",
            "DBT_ENV_SECRET_DATABRICKS_TOKEN": "none",
        }

    def cpu_seconds(self) -> float:
        """What the server has cost so far (Linux only)."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_memory(self) -> int:
        """The most memory the server held at any time, in bytes (Linux only)."""
        status = Path(f"/proc/{self.process_id}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024


@contextmanager
def databricks_server(folder: Path) -> Iterator[Endpoint]:
    """A running server whose tables, metastore and log (`server.log`) are in a folder.

    Raises DatabricksServerError where it cannot be started. Prints its peak memory when it stops.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = server_command(folder, port, delta_jars())
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "SPARK_HOME": str(spark_home()), "SPARK_LOCAL_IP": "127.0.0.1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    endpoint = Endpoint(port, process.pid)
    try:
        wait_for_answer(endpoint, process, folder / "server.log")
        yield endpoint
        print(f"Spark server: peak memory {endpoint.peak_memory() / 2**30:.1f} GB")
    finally:
        stop(process)


def server_command(folder: Path, port: int, jars: list[Path]) -> list[str]:
    """How the server is started: everything it writes goes under the folder."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise DatabricksServerError(
            "Spark needs Java, and there is none. Install Java 17 or 21 (Debian and Ubuntu: "
            "apt-get install openjdk-17-jre-headless) or set JAVA_HOME."
        )
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    logging = folder / "log4j2.properties"
    logging.write_text(
        "rootLogger.level = warn\n"
        "rootLogger.appenderRef.stdout.ref = console\n"
        "appender.console.type = Console\n"
        "appender.console.name = console\n"
        "appender.console.layout.type = PatternLayout\n"
        "appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex\n"
    )
    java_options = (
        *JAVA_OPTIONS,
        f"-Djava.io.tmpdir={temporary}",
        f"-Dlog4j2.configurationFile={logging.as_uri()}",
    )
    settings = {
        **AS_ON_DATABRICKS,
        **AS_FAST_AS_TWO_CORES_ALLOW,
        **WITHIN_MEMORY,
        **SERVER,
        "spark.driver.extraJavaOptions": " ".join(java_options),
        "spark.hadoop.hive.server2.thrift.http.port": str(port),
        "spark.local.dir": str(temporary),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    command = [str(spark_home() / "bin" / "spark-submit"), "--jars", ",".join(map(str, jars))]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    return [*command, str(SCRIPT)]


def spark_home() -> Path:
    """The folder of the PySpark wheel, which holds all of Spark."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise DatabricksServerError(
            "PySpark is not installed: pip install -c constraints.txt -e '.[dev]'"
        )
    return Path(spec.origin).parent


def delta_jars() -> list[Path]:
    """The jars that the POM names, fetched by Maven once and kept in the user's cache."""
    folder = CACHE / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    if not folder.exists():
        if shutil.which("mvn") is None:
            raise DatabricksServerError(
                "Maven fetches Delta Lake's jars, and there is none. Install it (Debian and "
                "Ubuntu: apt-get install maven)."
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            fetched = Path(temporary) / "jars"
            options = ["-q", "-B", "-f", str(POM), f"-DoutputDirectory={fetched}"]
            maven = subprocess.run(
                ["mvn", *options, *COPY_JARS], capture_output=True, text=True, check=False
            )
            if maven.returncode != 0:
                raise DatabricksServerError(
                    f"Maven could not fetch the jars that {POM} names. Is the network there, and "
                    f"a mirror in ~/.m2/settings.xml where one is needed? Maven said:\n"
                    + tail(maven.stdout + maven.stderr)
                )
            if not folder.exists():  # another run may have been faster
                fetched.rename(folder)
    return sorted(folder.glob("*.jar"))


def wait_for_answer(endpoint: Endpoint, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers a query; raise where it ends or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_listening(endpoint):
        if process.poll() is not None or time.monotonic() > deadline:
            outcome = "ended" if process.poll() is not None else "does not answer"
            raise DatabricksServerError(
                f"The Spark server {outcome}. It needs Java 17 or 21 and 7 GB of memory. "
                f"The end of {log}:\n" + tail(log.read_text(errors="replace"))
            )
        time.sleep(0.2)
    connect_to_open_source_spark()
    with (
        databricks.sql.connect(
            server_hostname=f"{endpoint.host}:{endpoint.port}",
            http_path=endpoint.http_path,
            access_token="none",
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select 1")


def is_listening(endpoint: Endpoint) -> bool:
    try:
        socket.create_connection((endpoint.host, endpoint.port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and all it started: it holds nothing that is wanted again."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tail(text: str, lines: int = 30) -> str:
    return "\n".join(text.splitlines()[-lines:])
