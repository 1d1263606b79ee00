#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Maps an archive of incidents to STIX bundles on a Spark cluster.

  spark-submit map_incidents.py --map-stix PATH --input PATTERN --bundles FOLDER --rejects FOLDER [-- OPTION ...]

PATH is a map-stix that runs on the workers' machines without being installed there: the one of the static tarball
(make dist-static). Spark ships it to each worker. PATTERN names NDJSON files on any file system that Spark knows, plain or
compressed: .gz and .bz2 are read by Spark, .zst and .xz by the workers' own zstd and xz. What follows -- are options of map-stix.

The bundles are those of one map-stix that reads all the lines, in another order. Lines that map-stix rejects go verbatim to the
other folder. The exit status is that of map-stix: 0, or 65 where lines were rejected. Any other failure of map-stix fails the job.

It pays from many gigabytes on: one map-stix maps some 250 MB a second on one core.
"""
import argparse
import os
import stat
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkConf, SparkContext, SparkFiles, StorageLevel

DONE, REJECTED = 0, 65
DECOMPRESSORS = {".zst": ["zstd", "-dcq"], ".xz": ["xz", "-dc"]}


def settings_of_map_stix(program):
    """The settings in this process's environment that map-stix reads. Spark starts a worker's programs with another environment."""
    shown = subprocess.run([program, "--check-settings"], capture_output=True, text=True, check=False)
    if shown.returncode != DONE:
        sys.exit(shown.stderr.strip() or f"{program} --check-settings ended with status {shown.returncode}")
    names = {line.split("=", 1)[0] for line in shown.stdout.splitlines() if "=" in line}
    return {name: os.environ[name] for name in names if name in os.environ}


def run_map_stix(lines, options, settings):
    """Yields (True, bundle) for each bundle and (False, line) for each reject of one map-stix that is fed these lines."""
    shipped = SparkFiles.get("map-stix")
    os.chmod(shipped, os.stat(shipped).st_mode | stat.S_IXUSR)
    with tempfile.TemporaryDirectory() as folder:
        rejects = os.path.join(folder, "rejects")
        errors = os.path.join(folder, "errors")
        with open(errors, "wb") as messages:
            # A partition's own environment: the settings alone, so that nothing of the worker's machine changes the result.
            program = subprocess.Popen(
                [shipped, "--quiet", "--rejects", rejects, *options],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, env={"PATH": os.defpath, **settings})
        failures = []

        def feed():
            try:
                for line in lines:
                    program.stdin.write(line + b"\n")
            except BrokenPipeError:
                pass  # map-stix has ended; its status says why
            except Exception as failure:  # reading the archive failed: the job must not end well with a part of it
                failures.append(failure)
            finally:
                try:
                    program.stdin.close()
                except BrokenPipeError:
                    pass

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        for bundle in program.stdout:
            yield True, bundle.rstrip(b"\n")
        feeder.join()
        status = program.wait()
        if failures:
            raise failures[0]
        if status not in (DONE, REJECTED):
            with open(errors, "rb") as messages:
                raise RuntimeError(f"map-stix ended with status {status}: {messages.read().decode(errors='replace')}")
        if os.path.exists(rejects):
            with open(rejects, "rb") as kept:
                for line in kept:
                    yield False, line.rstrip(b"\n")


def lines_of_compressed(file):
    """The lines of one whole file (its name and bytes) in a form that Spark itself cannot read."""
    name, content = file
    command = DECOMPRESSORS[os.path.splitext(name)[1]]
    plain = subprocess.run(command, input=bytes(content), stdout=subprocess.PIPE, check=True).stdout
    return plain.split(b"\n")[: -1 if plain.endswith(b"\n") else None]


def read_lines(context, pattern):
    """Every line below the pattern, as UTF-8. Spark itself replaces bytes that are no UTF-8 by U+FFFD; dumps have none."""
    if any(pattern.endswith(ending) for ending in DECOMPRESSORS):
        return context.binaryFiles(pattern).flatMap(lines_of_compressed)
    return context.textFile(pattern, use_unicode=False)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Maps an archive of incidents to STIX bundles on a Spark cluster.")
    parser.add_argument("--map-stix", required=True, metavar="PATH", help="a map-stix that runs on the workers' machines")
    parser.add_argument("--input", required=True, metavar="PATTERN", help="NDJSON files, plain, .gz, .bz2, .zst or .xz")
    parser.add_argument("--bundles", required=True, metavar="FOLDER", help="where the bundles go; must not exist")
    parser.add_argument("--rejects", required=True, metavar="FOLDER", help="where rejected lines go; must not exist")
    parser.add_argument("options", nargs="*", metavar="OPTION", help="options of map-stix, after --")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    settings = settings_of_map_stix(arguments.map_stix)
    options = arguments.options
    context = SparkContext(conf=SparkConf().setAppName("sentinel-incidents: map-stix"))
    context.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        # Under a name that every worker knows, wherever the program lies here.
        shipped = os.path.join(folder, "map-stix")
        os.symlink(os.path.abspath(arguments.map_stix), shipped)
        context.addFile(shipped)
        lines = read_lines(context, arguments.input)
        # On disk, so that the lines are mapped once for both outputs.
        results = lines.mapPartitions(lambda part: run_map_stix(part, options, settings)).persist(StorageLevel.DISK_ONLY)
        results.filter(lambda result: result[0]).map(lambda result: result[1]).saveAsTextFile(arguments.bundles)
        rejected = results.filter(lambda result: not result[0]).map(lambda result: result[1])
        rejected.saveAsTextFile(arguments.rejects)
        count = rejected.count()
        context.stop()
    if count:
        print(f"map_incidents: warning: {count} lines rejected, kept in {arguments.rejects}", file=sys.stderr)
    return REJECTED if count else DONE


if __name__ == "__main__":
    sys.exit(main())
