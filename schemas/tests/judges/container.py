"""Writes containers as Python's writers do, and prints them as a JSON object: in hex, by writer and codec."""

import io
import json
import sys

# A program beside this one has the name of a library.
sys.path.pop(0)

import avro.datafile
import avro.io
import avro.schema
import fastavro

SCHEMA = {
    "type": "record",
    "name": "Order",
    "fields": [{"name": "id", "type": "long"}, {"name": "sku", "type": "string"}],
}
ORDERS = [{"id": number, "sku": f"sku-{number}"} for number in range(50)]

made = {}
for codec in ("null", "deflate", "bzip2", "xz"):
    stream = io.BytesIO()
    fastavro.writer(stream, SCHEMA, ORDERS, codec=codec, sync_interval=200)
    made[f"fastavro {codec}"] = stream.getvalue().hex()
for codec in ("null", "deflate", "bzip2"):
    stream = io.BytesIO()
    writer = avro.datafile.DataFileWriter(stream, avro.io.DatumWriter(), avro.schema.parse(json.dumps(SCHEMA)), codec=codec)
    for number, order in enumerate(ORDERS):
        writer.append(order)
        if number % 20 == 19:
            writer.sync()
    writer.flush()
    made[f"avro {codec}"] = stream.getvalue().hex()
print(json.dumps(made))
