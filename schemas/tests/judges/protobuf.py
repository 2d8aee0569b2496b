"""Reads Protobuf data as Python's protobuf does, with upb or in Python alone, and prints what it sees.

Each line of the input is a JSON object: `set` is a FileDescriptorSet in base64, or `files` are texts by their paths, which
grpcio-tools' protoc compiles; `cases` are pairs of a message's full name and its bytes in hex. Each line of the output is a
list of what is seen, one for every case: see view.rs, which shows the same.
PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION says which of the two decoders it is.
"""

import base64
import json
import os
import struct
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory, unknown_fields
from google.protobuf.descriptor import FieldDescriptor


def compile_files(files):
    import importlib.resources

    from grpc_tools import _protoc_compiler

    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        out = os.path.join(folder, "set.binpb")
        known = str(importlib.resources.files("grpc_tools") / "_proto")
        arguments = ["protoc", "-I" + folder, "-I" + known, "--include_imports", "--descriptor_set_out=" + out, *files]
        # It warns of imports that are not used.
        said, own = os.path.join(folder, "said"), os.dup(2)
        with open(said, "wb") as file:
            os.dup2(file.fileno(), 2)
        refused = _protoc_compiler.run_main([argument.encode() for argument in arguments]) != 0
        os.dup2(own, 2)
        os.close(own)
        if refused:
            with open(said, encoding="utf-8") as file:
                raise ValueError("protoc refuses the files: " + file.read())
        with open(out, "rb") as file:
            return file.read()


def messages_of(request):
    """What makes an empty message of a request's schema by its full name."""
    pool = descriptor_pool.DescriptorPool()
    data = compile_files(request["files"]) if "files" in request else base64.b64decode(request["set"])
    files = descriptor_pb2.FileDescriptorSet.FromString(data).file
    for file in files:
        pool.AddSerializedFile(file.SerializeToString())
    # The decoder in Python alone needs the classes of all messages beforehand.
    message_factory.GetMessageClassesForFiles([file.name for file in files], pool)
    return lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()


def scalar(field, value):
    kind = field.type
    if kind in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return "nan" if value != value else "f" + struct.pack(">d", value).hex()
    if kind in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        # A string that is not UTF-8, where nothing asks for that, is bytes here as well.
        return "x" + (value.encode("utf-8") if isinstance(value, str) else value).hex()
    if kind in (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP):
        return view(value)
    return str(int(value))


def view(value):
    seen = {}
    for field, content in value.ListFields():
        of = field.message_type
        if of is not None and of.GetOptions().map_entry:
            key, item = of.fields_by_number[1], of.fields_by_number[2]
            seen[field.number] = {"=" + scalar(key, k): scalar(item, content[k]) for k in content}
        elif field.is_repeated and not content:
            # upb lists extensions that were written with no items.
            continue
        elif field.is_repeated:
            seen[field.number] = [scalar(field, item) for item in content]
        else:
            seen[field.number] = scalar(field, content)
    unknown = sorted({field.field_number for field in unknown_fields.UnknownFieldSet(value)})
    if unknown:
        seen["?"] = unknown
    return seen


def judge(messages, name, data):
    value = messages(name)
    try:
        value.ParseFromString(data)
    # The decoder in Python alone lets what it meets in text go by as it is.
    except (message.DecodeError, UnicodeDecodeError) as error:
        return {"!": str(error)}
    except KeyError:
        # The decoder in Python alone loses count of a oneof one of whose cases it has put aside.
        return {"!": "a case of a oneof that was put aside"}
    if not value.IsInitialized():
        return {"!": "required fields are missing"}
    try:
        return view(value)
    except UnicodeDecodeError:
        # upb takes text that is not UTF-8 into a map where nothing forbids that, and Python cannot take it out.
        return {"~": "text in a map that is not UTF-8"}


for line in sys.stdin:
    request = json.loads(line)
    messages = messages_of(request)
    print(json.dumps([judge(messages, name, bytes.fromhex(data)) for name, data in request["cases"]]), flush=True)
