"""Reads Avro data as fastavro does, and prints what it sees.

Each line of the input is a JSON object: `writer` and `reader` are schemas as texts, `cases` are bytes in hex. Each line of the
output is a list of what is seen, one for every case: see fastavro.rs, which shows the same.
"""

import io
import json
import struct
import sys

import fastavro


def view(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return "nan" if value != value else "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "x" + value.encode("utf-8").hex()
    if isinstance(value, bytes):
        return "x" + value.hex()
    if isinstance(value, list):
        return [view(item) for item in value]
    return {key: view(item) for key, item in value.items()}


def judge(writer, reader, data):
    stream = io.BytesIO(data)
    try:
        seen = fastavro.schemaless_reader(stream, writer, reader)
    # What cannot be resolved is told by errors of many kinds.
    except Exception as error:
        return {"!": f"{type(error).__name__}: {error}"}
    return {"!": "bytes are left"} if stream.read(1) else {"read": view(seen)}


for line in sys.stdin:
    request = json.loads(line)
    try:
        writer, reader = (fastavro.parse_schema(json.loads(request[side])) for side in ("writer", "reader"))
    except Exception as error:
        print(json.dumps([{"?": f"{type(error).__name__}: {error}"}] * len(request["cases"])), flush=True)
        continue
    print(json.dumps([judge(writer, reader, bytes.fromhex(data)) for data in request["cases"]]), flush=True)
