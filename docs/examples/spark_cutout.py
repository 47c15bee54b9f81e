#!/usr/bin/env python3
"""Cuts out the pictures of a folder, or of a bucket, with Spark: a pandas UDF that loads a network once in each worker.

    spark_cutout.py photos/ cutouts.parquet

A picture that fails is a row that says so. Rows that Spark makes twice are equal, so a task that is tried again does no
harm. One thread each: Spark starts a Python worker for every core that it was given."""
import sys
from typing import Iterator

import pandas
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, pandas_udf
from pyspark.sql.types import BinaryType, StringType, StructType

MADE = StructType().add("png", BinaryType()).add("status", StringType()).add("error", StringType())


@pandas_udf(MADE)
def cutout(pictures: Iterator[pandas.Series]) -> Iterator[pandas.DataFrame]:
    import inspyr  # here: in the worker's process

    def row(data):
        try:
            return model.cutout(bytes(data)).encode("png"), "OK", ""
        except inspyr.InspyrError as e:
            return None, e.name, str(e)

    with inspyr.Model(threads=1) as model:
        for some in pictures:
            yield pandas.DataFrame([row(data) for data in some], columns=["png", "status", "error"])


def main(source, target):
    builder = SparkSession.builder.appName("cutouts")
    spark = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 32).getOrCreate()
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(source)
    rows = files.select("path", cutout(col("content")).alias("made")).select("path", "made.*")
    rows.write.mode("overwrite").parquet(target)
    for line in spark.read.parquet(target).groupBy("status").count().collect():
        print(f"{line['status']}: {line['count']}")
    spark.stop()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
