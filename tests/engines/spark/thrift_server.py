"""Run by spark-submit: answers Thrift requests until it is killed.

Spark's own main class insists on a Hive metastore, which costs a quarter of the time; the tables
of a test can as well be known by Spark's catalog in memory.
"""

import threading

from pyspark.sql import SparkSession

session = SparkSession.builder.getOrCreate()
server = session._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
server.startWithContext(session._jsparkSession.sqlContext())
threading.Event().wait()
