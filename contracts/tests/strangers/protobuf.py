"""Draws Protobuf schemas, changes of them and contracts, and says what upb makes of events: a second opinion on verdicts.

Nothing here is taken from the engine: it draws other schemas, changes them otherwise, and makes their descriptors by itself.
`generate SEED COUNT`, `pairs SEED COUNT` and `judge` are as in avro.py.
"""

import copy
import json
import random
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

D = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "int32": (D.TYPE_INT32, -(2**31), 2**31 - 1),
    "int64": (D.TYPE_INT64, -(2**63), 2**63 - 1),
    "uint32": (D.TYPE_UINT32, 0, 2**32 - 1),
    "sint32": (D.TYPE_SINT32, -(2**31), 2**31 - 1),
    "bool": (D.TYPE_BOOL, 0, 1),
    "string": (D.TYPE_STRING, None, None),
    "bytes": (D.TYPE_BYTES, None, None),
    "double": (D.TYPE_DOUBLE, None, None),
}
WORDS = ["id", "total", "note", "kind", "owner", "lines", "price", "place", "state", "count", "extra", "more"]


# ---- schemas: messages and enums by name; a field has a name, a number, a type, a label and perhaps a oneof


def draw(rng):
    old = rng.random() < 0.3
    schema = {"syntax": "proto2" if old else "proto3", "messages": {}, "enums": {}}
    for number in range(rng.randint(0, 2)):
        first = 1 if old else 0
        schema["enums"][f"E{number}"] = {f"E{number}_V{value}": value for value in range(first, first + rng.randint(1, 3))}
    for number in range(rng.randint(0, 3)):
        schema["messages"][f"M{number}"] = fields(rng, schema)
    schema["messages"]["Ev"] = fields(rng, schema)
    return schema


def fields(rng, schema):
    made = []
    for number, word in enumerate(rng.sample(WORDS[:10], rng.randint(1, 5)), 1):
        made.append({"name": word, "number": number, **kind(rng, schema)})
    if len(made) >= 2 and rng.random() < 0.3:
        for field in made[:2]:
            field["label"], field["oneof"] = "oneof", "choice"
    return made


def kind(rng, schema):
    types = [*SCALARS, "string", "int32", *schema["enums"], *schema["enums"], *schema["messages"], *schema["messages"]]
    labels = ["optional", "optional", "repeated", "map"]
    labels += ["required"] if schema["syntax"] == "proto2" else ["", "", ""]
    return {"type": rng.choice(types), "label": rng.choice(labels)}


def changed(rng, schema, decode):
    schema = copy.deepcopy(schema)
    for _ in range(rng.randint(1, 3)):
        owner = rng.choice(list(schema["messages"]))
        of = schema["messages"][owner]
        taken = {field["name"] for field in of}
        next_number = max([field["number"] for field in of], default=0) + 1
        change = rng.choice(["drop", "add", "rename", "type", "type", "label", "label", "value", "value", "unvalue", "oneof", "unoneof", "member"])
        field = rng.choice(of) if of else None
        if change == "drop" and field:
            of.remove(field)
        elif change == "add":
            fresh = [word for word in WORDS if word not in taken]
            label = "optional" if schema["syntax"] == "proto2" else rng.choice(["", "optional", "repeated"])
            of.append({"name": rng.choice(fresh), "number": next_number + 3, "type": rng.choice(["int32", "string"]), "label": label})
        elif change == "rename" and field:
            field["name"] += "2"
        elif change == "type" and field:
            others = {
                "int32": ["int64", "uint32", "string", "sint32", "bool"],
                "int64": ["int32", "string"],
                "uint32": ["int32", "int64"],
                "string": ["bytes", "int32"],
                "bytes": ["string"],
                "bool": ["int32"],
                "double": ["string"],
            }
            if field["type"] in others:
                field["type"] = rng.choice(others[field["type"]])
        elif change == "label" and field and field["label"] not in ("oneof", "map"):
            labels = ["optional", "repeated", "required" if schema["syntax"] == "proto2" else ""]
            field["label"] = rng.choice(labels)
        elif change == "value" and schema["enums"]:
            name = rng.choice(list(schema["enums"]))
            values = schema["enums"][name]
            next_value = max(values.values()) + 1
            values[f"{name}_N{next_value}"] = next_value
        elif change == "unvalue" and schema["enums"]:
            values = schema["enums"][rng.choice(list(schema["enums"]))]
            if len(values) > 1:
                values.pop(list(values)[-1])
        elif change == "oneof" and field and decode != "writer" and field["label"] in ("", "optional"):
            if not any(other.get("oneof") for other in of):
                field["label"], field["oneof"] = "oneof", "fresh"
                of.append({"name": "other", "number": next_number + 5, "type": "string", "label": "oneof", "oneof": "fresh"})
        elif change == "unoneof" and decode != "writer":
            for one in of:
                if one.pop("oneof", None):
                    one["label"] = "optional"
        elif change == "member" and decode != "writer" and any(other.get("oneof") == "choice" for other in of):
            if "member" not in taken:
                of.append({"name": "member", "number": next_number + 7, "type": "string", "label": "oneof", "oneof": "choice"})
    return schema


def text(schema):
    lines = [f'syntax = "{schema["syntax"]}";', "package shop;"]
    for name, values in schema["enums"].items():
        lines += [f"enum {name} {{", *(f"  {value} = {number};" for value, number in values.items()), "}"]
    # The event comes first, as in a file whose first message it is.
    for name in ["Ev", *(name for name in schema["messages"] if name != "Ev")]:
        lines.append(f"message {name} {{")
        opened = set()
        for field in schema["messages"][name]:
            if field["label"] == "oneof":
                if field["oneof"] not in opened:
                    opened.add(field["oneof"])
                    members = [one for one in schema["messages"][name] if one.get("oneof") == field["oneof"]]
                    lines.append(f"  oneof {field['oneof']} {{")
                    lines += [f"    {one['type']} {one['name']} = {one['number']};" for one in members]
                    lines.append("  }")
            elif field["label"] == "map":
                lines.append(f"  map<string, {field['type']}> {field['name']} = {field['number']};")
            else:
                lines.append(f"  {field['label']} {field['type']} {field['name']} = {field['number']};".replace("   ", "  "))
        lines.append("}")
    return "\n".join(lines) + "\n"


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) + "Entry"


def event_class(schema, event="shop.Ev"):
    """What makes empty messages of a schema."""
    file = descriptor_pb2.FileDescriptorProto(name="shop.proto", package="shop", syntax=schema["syntax"])
    for name, values in schema["enums"].items():
        enum = file.enum_type.add(name=name)
        for value, number in values.items():
            enum.value.add(name=value, number=number)
    for name, of in schema["messages"].items():
        made = file.message_type.add(name=name)
        oneofs = []
        for field in of:
            if field["label"] == "oneof" and field["oneof"] not in oneofs:
                oneofs.append(field["oneof"])
        synthetic = [field["name"] for field in of if field["label"] == "optional" and schema["syntax"] == "proto3"]
        for oneof in oneofs + ["_" + one for one in synthetic]:
            made.oneof_decl.add(name=oneof)
        for field in of:
            one = made.field.add(name=field["name"], number=field["number"])
            one.label = {"repeated": D.LABEL_REPEATED, "map": D.LABEL_REPEATED, "required": D.LABEL_REQUIRED}.get(field["label"], D.LABEL_OPTIONAL)
            if field["label"] == "oneof":
                one.oneof_index = oneofs.index(field["oneof"])
            elif field["name"] in synthetic:
                one.oneof_index, one.proto3_optional = len(oneofs) + synthetic.index(field["name"]), True
            if field["label"] == "map":
                entry = made.nested_type.add(name=camel(field["name"]))
                entry.options.map_entry = True
                entry.field.add(name="key", number=1, label=D.LABEL_OPTIONAL, type=D.TYPE_STRING)
                typed(entry.field.add(name="value", number=2, label=D.LABEL_OPTIONAL), field["type"], schema)
                one.type, one.type_name = D.TYPE_MESSAGE, f".shop.{name}.{entry.name}"
            else:
                typed(one, field["type"], schema)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(event))


def typed(field, name, schema):
    if name in SCALARS:
        field.type = SCALARS[name][0]
    else:
        field.type = D.TYPE_ENUM if name in schema["enums"] else D.TYPE_MESSAGE
        field.type_name = f".shop.{name}"


# ---- paths, as lists of a field and what follows it


def paths(schema, owner="Ev", depth=0):
    for field in schema["messages"][owner]:
        at = field["name"] + {"repeated": "[]", "map": "{}"}.get(field["label"], "")
        if field["type"] in schema["messages"]:
            for inner in paths(schema, field["type"], depth + 1):
                yield f"{at}.{inner}"
        else:
            yield at


def steps(path):
    return [step.rstrip("[]{}") for step in path.split(".")]


def field_of(schema, owner, name):
    return next((field for field in schema["messages"][owner] if field["name"] == name), None)


# ---- events


def fill(rng, made, schema, owner):
    """Sets what a message holds, some of it to nothing."""
    for oneof in {field.get("oneof") for field in schema["messages"][owner]} - {None}:
        members = [field for field in schema["messages"][owner] if field.get("oneof") == oneof]
        if rng.random() < 0.8:
            put(rng, made, rng.choice(members), schema)
    for field in schema["messages"][owner]:
        if field["label"] != "oneof" and (field["label"] == "required" or rng.random() < 0.8):
            put(rng, made, field, schema)


def put(rng, made, field, schema):
    name, of = field["name"], field["type"]
    is_message = of in schema["messages"]
    if field["label"] == "map":
        entries = getattr(made, name)
        for number in range(rng.randint(0, 2)):
            if is_message:
                fill(rng, entries[f"k{number}"], schema, of)
            else:
                entries[f"k{number}"] = scalar(rng, of, schema)
    elif field["label"] == "repeated":
        items = getattr(made, name)
        for _ in range(rng.randint(0, 2)):
            if is_message:
                fill(rng, items.add(), schema, of)
            else:
                items.append(scalar(rng, of, schema))
    elif is_message:
        inner = getattr(made, name)
        inner.SetInParent()
        fill(rng, inner, schema, of)
    else:
        setattr(made, name, scalar(rng, of, schema))


def scalar(rng, of, schema):
    if of in schema["enums"]:
        return rng.choice(list(schema["enums"][of].values()))
    _, low, high = SCALARS[of]
    if of == "bool":
        return rng.random() < 0.5
    if low is not None:
        return rng.choice([low, high, 0, 1, rng.randint(low, high)])
    return {"string": rng.choice(["", "a", "ä"]), "bytes": rng.choice([b"", b"\xff\xfe"]), "double": rng.choice([0.0, 1.5, -2.25])}[of]


# ---- what happens to a consumer


class Consumer:
    def __init__(self, case):
        self.case = case
        self.built, self.writer = json.loads(case["model"])
        self.decode = case["decode"]
        self.reader = event_class(self.built)
        self.sender = event_class(self.writer)
        self.projected = None
        if self.decode == "projected":
            self.projected = event_class(cut(self.built, case["reads"]))

    def hurt(self, data, event="shop.Ev"):
        if event != "shop.Ev":
            # Of a pair every message is compared.
            read, written = event_class(self.built, event)(), event_class(self.writer, event).FromString(data)
            owner = event.removeprefix("shop.")
            return self.decoded(read, data) or self.altered(read, written, owner, owner)
        written = self.sender.FromString(data)
        if self.decode == "writer":
            ways = [steps(path) for path in self.case["reads"]]
            return next((f"{path}: {why}" for path, way in zip(self.case["reads"], ways) if (why := self.as_written(written, "Ev", "Ev", way))), None)
        read = (self.projected or self.reader)()
        why = self.decoded(read, data)
        if why:
            return why
        if self.decode == "pair":
            return self.altered(read, written, "Ev", "Ev")
        for path in self.case["reads"]:
            why = self.compare(read, written, "Ev", "Ev", steps(path))
            if why:
                return f"{path}: {why}"
        return None

    def decoded(self, read, data):
        """Decodes into a message; why that is refused, if it is."""
        try:
            read.ParseFromString(data)
        except message.DecodeError as error:
            return f"refused: {error}"
        return None if read.IsInitialized() else "refused: required fields are missing"

    def compare(self, read, written, ours, theirs, way):
        """How what is read at the end of a way differs from what was written; none if it does not."""
        field = field_of(self.built, ours, way[0])
        other = next((one for one in self.writer["messages"][theirs] if one["number"] == field["number"]), None) if theirs else None
        moved = theirs and field_of(self.writer, theirs, way[0])
        if moved and moved["number"] != field["number"] and values(written, moved) and values(read, field) != values(written, moved):
            return "it goes to another field, or to none"
        if other is None:
            return "it was never written"
        if other.get("oneof") and written is not None:
            known = {one["number"] for one in self.built["messages"][ours] if one.get("oneof") and one.get("oneof") == field.get("oneof")} | {field["number"]}
            case = written.WhichOneof(other["oneof"])
            sent = next((one["number"] for one in self.writer["messages"][theirs] if one["name"] == case), None)
            if sent is not None and sent not in known:
                return f"`{case}` stands in its place"
        here, there = values(read, field), values(written, other)
        if len(way) > 1:
            if field["type"] in self.built["messages"] and other["type"] not in self.writer["messages"]:
                return "another type" if there else None
            if field["label"] in ("repeated", "map") or other["label"] in ("repeated", "map"):
                if len(here) != len(there):
                    return f"{len(there)} are read as {len(here)}"
            elif bool(here) != bool(there):
                return "it is lost" if there else None
            pairs = list(zip(here, there))
            if not pairs and field["label"] not in ("repeated", "map"):
                # Of what is not set the parts are looked at too: what is missing there is never written.
                return self.compare(None, None, field["type"], other["type"], way[1:])
            return next((why for a, b in pairs if (why := self.compare(a, b, field["type"], other["type"], way[1:]))), None)
        many = ("repeated", "map")
        if field["label"] not in many and other["label"] not in many:
            if field.get("oneof") and read is not None and present(read, field) != present(written, other):
                return "it is another case of the oneof"
            # Otherwise it is nobody's concern whether a zero was written or not.
            here, there = here or [default(field, self.built)], there or [default(other, self.writer)]
            if read is None or (not present(read, field) and not present(written, other)):
                return None
        if [plain(one) for one in here] != [plain(one) for one in there]:
            return f"{there!r} is read as {here!r}"[:160]
        if field["type"] in self.built["enums"]:
            known = self.built["enums"][field["type"]].values()
            if any(one not in known for one in here):
                return f"{here!r} is not known"
        return None

    def altered(self, read, written, ours, theirs):
        """How what a reader sees differs from what was written under the numbers that it knows; none if it does not."""
        numbers = {one["number"] for one in self.built["messages"][ours]}
        for field in self.built["messages"][ours]:
            name = field["name"]
            moved = field_of(self.writer, theirs, name)
            if moved and moved["number"] != field["number"] and values(written, moved) and values(read, field) != values(written, moved):
                return f"{name}: it goes to another field, or to none"
            other = next((one for one in self.writer["messages"][theirs] if one["number"] == field["number"]), None)
            if other is None:
                continue
            if field.get("oneof"):
                if present(read, field) != present(written, other):
                    return f"{name}: it is another case of the oneof"
                case = other.get("oneof") and written.WhichOneof(other["oneof"])
                sent = next((one["number"] for one in self.writer["messages"][theirs] if one["name"] == case), None)
                if sent is not None and sent not in numbers and read.WhichOneof(field["oneof"]) is None:
                    return f"{name}: `{case}` stands in its place"
            here, there = values(read, field), values(written, other)
            many = ("repeated", "map")
            if field["label"] not in many and other["label"] not in many:
                here, there = here or nothing(field, self.built), there or nothing(other, self.writer)
            if len(here) != len(there):
                return f"{name}: {len(there)} are read as {len(here)}"
            for one, sent in zip(here, there):
                if field["type"] in self.built["messages"]:
                    why = self.altered(one, sent, field["type"], other["type"]) if other["type"] in self.writer["messages"] else "another type"
                    if why:
                        return f"{name}: {why}"
                elif plain(one) != plain(sent):
                    return f"{name}: {sent!r} is read as {one!r}"[:160]
        return None

    def as_written(self, written, ours, theirs, way):
        field, other = field_of(self.built, ours, way[0]), field_of(self.writer, theirs, way[0])
        if other is None:
            return "it is not there"
        many = ("repeated", "map")
        if (field["label"] in many or other["label"] in many) and field["label"] != other["label"]:
            return "it is another kind of field"
        # A number with a fraction holds every whole one.
        of, sent = is_of(field, self.built), is_of(other, self.writer)
        if of != sent and (of, sent) != ("double", "number"):
            return "it is of another type"
        found = values(written, other) if written is not None else []
        if len(way) > 1:
            if not found and field["label"] not in many:
                return self.as_written(None, field["type"], other["type"], way[1:])
            return next((why for one in found if (why := self.as_written(one, field["type"], other["type"], way[1:]))), None)
        if not found and field["label"] not in many and written is not None:
            found = [default(other, self.writer)]
        for one in found:
            if field["type"] in self.built["enums"]:
                names = {number: name for name, number in self.writer["enums"][other["type"]].items()}
                if names.get(one) not in self.built["enums"][field["type"]]:
                    return f"{one} is not handled"
            elif SCALARS[field["type"]][1] is not None and not SCALARS[field["type"]][1] <= one <= SCALARS[field["type"]][2]:
                return f"{one} does not fit"
        return None


def is_of(field, schema):
    if field["type"] in SCALARS:
        return "number" if SCALARS[field["type"]][1] is not None and field["type"] != "bool" else field["type"]
    return "enum" if field["type"] in schema["enums"] else "message"


def present(made, field):
    if field["label"] in ("repeated", "map") or not made.DESCRIPTOR.fields_by_name[field["name"]].has_presence:
        return bool(getattr(made, field["name"]))
    return made.HasField(field["name"])


def values(made, field):
    """What a field holds: nothing, one value, or several; those of a map by their keys."""
    if made is None:
        return []
    content = getattr(made, field["name"])
    if field["label"] == "map":
        return [content[key] for key in sorted(content)]
    if field["label"] == "repeated":
        return list(content)
    return [content] if present(made, field) else []


def default(field, schema):
    if field["type"] in schema["enums"]:
        return next(iter(schema["enums"][field["type"]].values()))
    return {"string": "", "bytes": b"", "double": 0.0, "bool": False}.get(field["type"], 0)


def nothing(field, schema):
    return [] if field["type"] in schema["messages"] else [default(field, schema)]


def plain(one):
    return one.encode() if isinstance(one, str) else one


def cut(schema, reads):
    """The schema without the fields that no path goes through."""
    schema = copy.deepcopy(schema)
    kept = {name: set() for name in schema["messages"]}
    for path in reads:
        owner = "Ev"
        for step in steps(path):
            kept[owner].add(step)
            owner = field_of(schema, owner, step)["type"]
    for name, of in schema["messages"].items():
        schema["messages"][name] = [field for field in of if field["name"] in kept[name]]
    return schema


def case(rng):
    decode = rng.choice(["pinned", "projected", "writer"])
    built = draw(rng)
    candidate = changed(rng, built, decode)
    reads = sorted(set(paths(built)))
    if not reads:
        return None
    reads = sorted(rng.sample(reads, min(len(reads), rng.randint(1, 3))))
    uses = [field["type"] for of in built["messages"].values() for field in of if field["type"] in built["messages"]]
    if decode == "projected" and len(uses) != len(set(uses)):
        # Each use is cut by its own reads, which one descriptor cannot say.
        decode = "pinned"
    return {
        "built": text(built),
        "candidate": text(candidate),
        "decode": decode,
        "reads": reads,
        "model": json.dumps([built, candidate]),
    }


def pair(rng):
    built = draw(rng)
    candidate = changed(rng, built, "pinned")
    if rng.random() < 0.5:
        built, candidate = candidate, built
    return {"built": text(built), "candidate": text(candidate), "decode": "pair", "reads": [], "model": json.dumps([built, candidate])}


def generate(make, seed, count):
    rng = random.Random(seed)
    done = 0
    while done < count:
        made = make(rng)
        if made is None:
            continue
        try:
            consumer = Consumer(made)
        except TypeError:
            # A change that makes no schema.
            continue
        events = {}
        for _ in range(12):
            event = consumer.sender()
            fill(rng, event, consumer.writer, "Ev")
            data = event.SerializeToString()
            events[data.hex()] = consumer.hurt(data)
        made["events"] = events
        print(json.dumps(made), flush=True)
        done += 1


def judge():
    for line in sys.stdin:
        made = json.loads(line)
        consumer = Consumer(made)
        of = made["messages"]
        answers = {data: consumer.hurt(bytes.fromhex(data), of.get(data, "shop.Ev")) for data in made["events"]}
        print(json.dumps(answers), flush=True)


if sys.argv[1] == "judge":
    judge()
else:
    generate({"generate": case, "pairs": pair}[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]))
