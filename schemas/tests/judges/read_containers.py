"""Reads object containers with fastavro and Python's avro: a line of hex for each, answered by a JSON object.

It has the number of objects that each library read, or what it said of the first that it could not.
"""

import io
import json
import sys
import warnings

# A program beside this one has the name of a library.
sys.path.pop(0)

import avro.datafile
import avro.io
import fastavro

# Python's avro does not know every logical type, and reads such values all the same.
warnings.simplefilter("ignore")


def count(objects):
    try:
        return sum(1 for _ in objects())
    except Exception as error:  # Whatever it is, the file was not read.
        return f"{type(error).__name__}: {error}"


for line in sys.stdin:
    file = bytes.fromhex(line.strip())
    answer = {
        "fastavro": count(lambda: fastavro.reader(io.BytesIO(file))),
        "avro": count(lambda: avro.datafile.DataFileReader(io.BytesIO(file), avro.io.DatumReader())),
    }
    print(json.dumps(answer), flush=True)
