"""Draws Avro schemas, changes of them and contracts, and says what decoders of others make of events: a second opinion on verdicts.

Nothing here is taken from the engine: it draws other schemas, changes them otherwise, and cuts a reader's schema down by itself.

`generate SEED COUNT` prints a case a line: the schema that a consumer was built against, the one that a writer uses, how the consumer
decodes, what it reads, and events of the writer in hex, each with what happens to the consumer: null, or how it is hurt.
`pairs SEED COUNT` prints cases of a reader that reads all of its schema, and takes defaults for what it does not get.
`judge` reads such cases and prints the same for the events in each.

fastavro decodes, or Avro Java where AVRO_JAVA names the folder of its classes.
"""

import io
import json
import os
import random
import subprocess
import sys

import fastavro

NUMBERS = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
WORDS = ["id", "total", "note", "kind", "owner", "lines", "price", "place", "state", "count"]


# ---- schemas, as JSON


class Drawer:
    """Draws the types of one schema: a name is defined once, and named after that."""

    def __init__(self, rng):
        self.rng = rng
        self.names = []
        # Those that may be named again: a record that held itself would have no end.
        self.done = []

    def record(self, depth, name=None):
        name = name or f"T{len(self.names)}"
        self.names.append(name)
        count = self.rng.randint(1, 4)
        fields = [self.field(word, depth) for word in self.rng.sample(WORDS, count)]
        self.done.append(name)
        return {"type": "record", "name": name, "namespace": "shop", "fields": fields}

    def field(self, word, depth):
        field = {"name": word, "type": self.type(depth)}
        if self.rng.random() < 0.4:
            known, default = self.default(field["type"])
            if known:
                field["default"] = default
        return field

    def type(self, depth):
        kinds = ["int", "long", "string", "boolean", "bytes", "enum", "null-or"]
        if depth > 0:
            kinds += ["record", "record", "array", "map", "named", "branches"]
        kind = self.rng.choice(kinds)
        if kind == "enum":
            name = f"T{len(self.names)}"
            self.names.append(name)
            self.done.append(name)
            symbols = [f"S{number}" for number in range(self.rng.randint(1, 4))]
            enum = {"type": "enum", "name": name, "namespace": "shop", "symbols": symbols}
            if self.rng.random() < 0.4:
                enum["default"] = self.rng.choice(symbols)
            return enum
        if kind == "null-or":
            return ["null", self.rng.choice(["int", "string", "long"])]
        if kind == "record":
            return self.record(depth - 1)
        if kind == "array":
            return {"type": "array", "items": self.type(depth - 1)}
        if kind == "map":
            return {"type": "map", "values": self.type(depth - 1)}
        if kind == "named" and self.done:
            return "shop." + self.rng.choice(self.done)
        if kind == "branches":
            return ["null", self.record(0), self.record(0)]
        return self.rng.choice(["int", "long", "string"])

    def default(self, of):
        if isinstance(of, list):
            return (True, None) if of[0] == "null" else (False, None)
        plain = {"int": 7, "long": 8, "string": "d", "boolean": True, "bytes": "b"}
        if isinstance(of, str):
            return (of in plain, plain.get(of))
        if of["type"] == "enum":
            return True, of["symbols"][0]
        empty = {"array": [], "map": {}}
        return of["type"] in empty, empty.get(of["type"])


def defined(schema, known=None):
    """Every named type of a schema, by its full name."""
    known = {} if known is None else known
    if isinstance(schema, list):
        for branch in schema:
            defined(branch, known)
    elif isinstance(schema, dict):
        if "name" in schema:
            known[full(schema)] = schema
        for field in schema.get("fields", []):
            defined(field["type"], known)
        for part in ("items", "values"):
            if part in schema:
                defined(schema[part], known)
    return known


def full(schema):
    return schema["namespace"] + "." + schema["name"]


def changed(rng, schema):
    """The schema after one to three changes."""
    schema = json.loads(json.dumps(schema))
    for _ in range(rng.randint(1, 3)):
        types = list(defined(schema).values())
        records = [one for one in types if one["type"] == "record"]
        enums = [one for one in types if one["type"] == "enum"]
        change = rng.choice(["drop", "add", "add", "rename", "type", "type", "symbol", "symbols", "branch", "default", "order", "name"])
        record = rng.choice(records)
        fields = record["fields"]
        if change == "drop" and fields:
            dropped = fields.pop(rng.randrange(len(fields)))
            if defined(dropped["type"]):
                # What is defined there may be named elsewhere.
                fields.append(dropped)
        elif change == "add":
            fresh = [word for word in WORDS + ["extra", "more"] if word not in {field["name"] for field in fields}]
            field = {"name": rng.choice(fresh), "type": rng.choice(["int", "string", ["null", "string"]])}
            if rng.random() < 0.5:
                field["default"] = None if isinstance(field["type"], list) else {"int": 5, "string": "x"}[field["type"]]
            fields.insert(rng.randint(0, len(fields)), field)
        elif change == "rename" and fields:
            field = rng.choice(fields)
            if rng.random() < 0.5:
                field["aliases"] = [field["name"]]
            field["name"] = field["name"] + "2"
        elif change == "type" and fields:
            field = rng.choice(fields)
            wider = {"int": ["long", "string", "boolean"], "long": ["int", "string"], "string": ["bytes", "int"], "bytes": ["string"]}
            if isinstance(field["type"], str) and field["type"] in wider:
                field["type"] = rng.choice(wider[field["type"]] + [["null", field["type"]]])
                field.pop("default", None)
            elif isinstance(field["type"], list) and len(field["type"]) == 2:
                field["type"] = field["type"][1]
                field.pop("default", None)
        elif change == "symbol" and enums:
            enum = rng.choice(enums)
            enum["symbols"].append("NEW" + str(len(enum["symbols"])))
        elif change == "symbols" and enums:
            enum = rng.choice(enums)
            if len(enum["symbols"]) > 1 and enum.get("default") != enum["symbols"][-1]:
                enum["symbols"].pop()
        elif change == "branch" and fields:
            unions = [field for field in fields if isinstance(field["type"], list)]
            if unions:
                union = rng.choice(unions)["type"]
                if "boolean" not in union:
                    union.append("boolean")
        elif change == "default" and fields:
            rng.choice(fields).pop("default", None)
        elif change == "order":
            # What is defined first has to stay first.
            if not any(defined(field["type"]) for field in fields):
                rng.shuffle(fields)
        elif change == "name" and len(types) > 1:
            renamed = rng.choice(types[1:])
            old, new = full(renamed), renamed["name"] + "x"
            if rng.random() < 0.6:
                renamed["aliases"] = [old]
            renamed["name"] = new
            schema = json.loads(json.dumps(schema).replace(json.dumps(old), json.dumps("shop." + new)))
            for one in defined(schema).values():
                if full(one) == "shop." + new and "aliases" in one:
                    one["aliases"] = [old]
    return schema


# ---- paths


def paths(schema, known, at="", depth=0):
    """Every path through a schema to something that is no record."""
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    if isinstance(schema, list):
        for branch in schema:
            inner = known.get(branch, branch) if isinstance(branch, str) else branch
            if isinstance(inner, dict) and inner["type"] == "record":
                yield from paths(inner, known, f"{at}.({inner['name']})", depth)
            elif inner != "null" and len([one for one in schema if one != "null"]) == 1:
                yield at
        return
    if isinstance(schema, dict) and depth < 5:
        if schema["type"] == "record":
            for field in schema["fields"]:
                yield from paths(field["type"], known, f"{at}.{field['name']}" if at else field["name"], depth + 1)
            return
        if schema["type"] == "array":
            yield from paths(schema["items"], known, at + "[]", depth + 1)
            return
        if schema["type"] == "map":
            yield from paths(schema["values"], known, at + "{}", depth + 1)
            return
    if at and depth < 6:
        yield at


def steps(path):
    """`a.(B).c[]` as a list of steps."""
    found, word = [], ""
    for sign in path + ".":
        if sign in ".[{":
            if word:
                found.append(word)
            word = sign if sign != "." else ""
        else:
            word += sign
            if word in ("[]", "{}"):
                found.append(word)
                word = ""
    return found


def cut(schema, known, ways):
    """What a reader needs that goes these ways, each a list of steps; an empty way reads all."""
    if any(not way for way in ways):
        return schema if not isinstance(schema, str) else known.get(schema, schema)
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    if isinstance(schema, list):
        return [cut_branch(branch, known, ways) for branch in schema]
    if isinstance(schema, dict) and schema["type"] == "record":
        kept = []
        for field in schema["fields"]:
            below = [way[1:] for way in ways if way[0] == field["name"]]
            if below:
                kept.append({**field, "type": cut(field["type"], known, below)})
        return {**schema, "fields": kept}
    if isinstance(schema, dict) and schema["type"] in ("array", "map"):
        part = "items" if schema["type"] == "array" else "values"
        return {**schema, part: cut(schema[part], known, [way[1:] for way in ways])}
    return schema


def cut_branch(branch, known, ways):
    inner = known.get(branch, branch) if isinstance(branch, str) else branch
    if isinstance(inner, dict) and inner["type"] == "record":
        below = [way[1:] for way in ways if way[0] == f"({inner['name']})"]
        return cut(inner, known, below) if below else {**inner, "fields": []}
    return inner


def twice(schema, seen=None):
    """Whether a named type is defined twice: then no text can say it."""
    seen = set() if seen is None else seen
    if isinstance(schema, list):
        return any([twice(branch, seen) for branch in schema])
    if not isinstance(schema, dict):
        return False
    if "name" in schema:
        if full(schema) in seen:
            return True
        seen.add(full(schema))
    inner = [field["type"] for field in schema.get("fields", [])]
    inner += [schema[part] for part in ("items", "values") if part in schema]
    return any([twice(one, seen) for one in inner])


# ---- events


def value(rng, schema, known, depth=0):
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    if isinstance(schema, list):
        branch = rng.choice(schema)
        inner = known.get(branch, branch) if isinstance(branch, str) else branch
        made = value(rng, inner, known, depth)
        return (full(inner), made) if isinstance(inner, dict) and inner["type"] == "record" else made
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        return {field["name"]: value(rng, field["type"], known, depth + 1) for field in schema["fields"]}
    if kind == "enum":
        return rng.choice(schema["symbols"])
    if kind == "array":
        return [value(rng, schema["items"], known, depth + 1) for _ in range(rng.randint(0, 2))]
    if kind == "map":
        return {f"k{number}": value(rng, schema["values"], known, depth + 1) for number in range(rng.randint(0, 2))}
    if kind in NUMBERS:
        low, high = NUMBERS[kind]
        return rng.choice([0, 1, -1, 63, low, high, rng.randint(low, high)])
    return {"null": None, "boolean": rng.random() < 0.5, "string": rng.choice(["", "a", "ä"]), "bytes": rng.choice([b"", b"\xff"])}[kind]


class Missing(Exception):
    """What is read is not there."""


def seen(data, schema, known, way, others=lambda name, known: [name]):
    """The values at the end of a way; `others` says by which names a step may go."""
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    if isinstance(schema, list):
        if data is None:
            return [None]
        if way and way[0].startswith("("):
            if not isinstance(data, tuple):
                return []
            simple = data[0].rsplit(".", 1)[-1]
            return seen(data[1], known[data[0]], known, way[1:], others) if simple in others(way[0][1:-1], None) else []
        if isinstance(data, tuple):
            return seen(data[1], known[data[0]], known, way, others)
        rest = [branch for branch in schema if branch != "null"]
        return [data] if not way else seen(data, rest[0], known, way, others)
    if not way:
        return [data]
    if way[0] in ("[]", "{}"):
        part, inner = ("items", data) if way[0] == "[]" else ("values", data.values() if isinstance(data, dict) else None)
        if not isinstance(schema, dict) or part not in schema:
            raise Missing()
        return [one for item in inner for one in seen(item, schema[part], known, way[1:], others)]
    if way[0].startswith("("):
        # No union any more: the type itself, if it is the one that is meant.
        simple = schema["name"] if isinstance(schema, dict) and "name" in schema else None
        return seen(data, schema, known, way[1:], others) if simple in others(way[0][1:-1], None) else []
    if not isinstance(schema, dict) or schema["type"] != "record":
        raise Missing()
    for name in others(way[0], schema):
        for field in schema["fields"]:
            if field["name"] == name:
                return seen(data[name], field["type"], known, way[1:], others)
    raise Missing()


def aliases(built):
    """By which names of a writer's a step of the reader's may go: its own, and the aliases of any field or type of this name."""
    names = {}

    def add(one):
        names.setdefault(one["name"], set()).update(alias.rsplit(".", 1)[-1] for alias in one.get("aliases", []))

    for one in defined(built).values():
        add(one)
        for field in one.get("fields", []):
            add(field)
    return lambda name, _: [name, *sorted(names.get(name, ()))]


# ---- Avro Java, which answers a line with a line


class Refused(Exception):
    """The reader's decoder does not take an event."""


class Java:
    def __init__(self, classes):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "AvroJava.java")
        command = ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", os.path.join(classes, "*"), program]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def read(self, writer, reader, data):
        asked = {"writer": json.dumps(writer), "reader": json.dumps(reader), "data": data.hex()}
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if "!" in answer:
            raise Refused(answer["!"])
        return from_java(answer["v"])


def from_java(shown):
    """What Java sees, as fastavro gives it."""
    if isinstance(shown, list):
        return [from_java(one) for one in shown]
    if not isinstance(shown, dict):
        return shown
    [(kind, of)] = shown.items()
    if kind == "b":
        return bytes.fromhex(of)
    if kind == "t":
        return (of[0], from_java(of[1]))
    return {key: from_java(one) for key, one in of.items()}


JAVA = Java(os.environ["AVRO_JAVA"]) if "AVRO_JAVA" in os.environ else None


# ---- what happens to a consumer


class Consumer:
    def __init__(self, case):
        self.case = case
        self.built, self.writer = json.loads(case["built"]), json.loads(case["candidate"])
        self.known, self.sent = defined(self.built), defined(self.writer)
        self.ways = [steps(path) for path in case["reads"]]
        self.names = aliases(self.built)
        self.decode = case["decode"]
        reader = self.built
        if self.decode == "projected":
            reader = cut(self.built, self.known, self.ways)
        self.reader = reader
        self.parsed_writer = fastavro.parse_schema(json.loads(json.dumps(self.writer)))
        self.parsed_reader = fastavro.parse_schema(json.loads(json.dumps(reader))) if self.decode != "writer" else None

    def hurt(self, data):
        """How the consumer is hurt by an event, if it is."""
        written = fastavro.schemaless_reader(io.BytesIO(data), self.parsed_writer, return_record_name=True)
        if self.decode == "writer":
            return self.as_written(written)
        try:
            read = self.read(data)
        except Exception as error:
            return f"refused: {type(error).__name__}: {error}"[:200]
        if self.decode == "pair":
            return altered(read, written, self.reader, self.known)
        for path, way in zip(self.case["reads"], self.ways):
            here = seen(read, self.reader, {**self.known, **defined(self.reader)}, way)
            try:
                there = seen(written, self.writer, self.sent, way, self.names)
            except Missing:
                return f"{path}: {here!r} was never written"[:200]
            plain = [one[1] if isinstance(one, tuple) else one for one in there]
            if [same(one) for one in here] != [same(one) for one in plain]:
                return f"{path}: {plain!r} is read as {here!r}"[:200]
        return None

    def read(self, data):
        if JAVA:
            return JAVA.read(self.writer, self.reader, data)
        return fastavro.schemaless_reader(io.BytesIO(data), self.parsed_writer, self.parsed_reader, return_record_name=True)

    def as_written(self, written):
        for path, way in zip(self.case["reads"], self.ways):
            try:
                there = seen(written, self.writer, self.sent, way)
            except Missing:
                return f"{path} is not there"
            if strange(written, self.built, self.known, way):
                return f"{path}: null or another type stands on the way"
            pinned = ends(self.built, self.known, way)
            for one in there:
                if not fits(one, pinned, self.known):
                    return f"{path}: {one!r} is no {json.dumps(pinned)[:60]}"[:200]
        return None


def altered(read, written, schema, known):
    """How what a reader sees differs from what was written, defaults apart; none if it does not."""
    schema = known.get(schema, schema) if isinstance(schema, str) else schema
    written = written[1] if isinstance(written, tuple) else written
    if isinstance(read, tuple):
        return altered(read[1], written, known[read[0]], known)
    if isinstance(schema, list):
        inner = [known.get(branch, branch) if isinstance(branch, str) else branch for branch in schema]
        made_for = [branch for branch in inner if isinstance(branch, dict) and branch["type"] in {list: "array", dict: "map", str: "enum"}.get(type(read), "")]
        ways = [altered(read, written, branch, known) for branch in made_for] or [None if same(read) == same(written) else "another value"]
        return None if None in ways or same(read) == same(written) else ways[0]
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        for field in schema["fields"]:
            for name in [field["name"], *field.get("aliases", [])]:
                if name in written:
                    why = altered(read[field["name"]], written[name], field["type"], known)
                    if why:
                        return f"{name}: {why}"
                    break
        return None
    if kind == "enum" and written not in schema["symbols"] and read == schema.get("default"):
        return None
    if kind == "array":
        if len(read) != len(written):
            return f"{len(written)} items are read as {len(read)}"
        return next((why for a, b in zip(read, written) if (why := altered(a, b, schema["items"], known))), None)
    if kind == "map":
        if sorted(read) != sorted(written):
            return "other keys"
        return next((why for key in read if (why := altered(read[key], written[key], schema["values"], known))), None)
    return None if same(read) == same(written) else f"{written!r} is read as {read!r}"[:200]


def same(one):
    """Text and bytes stand for one another."""
    return one.encode() if isinstance(one, str) else one


def ends(schema, known, way):
    """The types at the end of a way."""
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    if not way:
        return [schema]
    if isinstance(schema, list):
        inner = [known.get(branch, branch) if isinstance(branch, str) else branch for branch in schema]
        # Nothing comes from beyond a null.
        null = [one for one in inner if one == "null"]
        if way[0].startswith("("):
            return null + [end for one in inner if isinstance(one, dict) and one.get("name") == way[0][1:-1] for end in ends(one, known, way[1:])]
        return null + [end for one in inner if one != "null" for end in ends(one, known, way)]
    if way[0] in ("[]", "{}"):
        return ends(schema["items" if way[0] == "[]" else "values"], known, way[1:])
    return [end for field in schema["fields"] if field["name"] == way[0] for end in ends(field["type"], known, way[1:])]


def strange(data, pinned, known, way):
    """Whether a value on the way is of a type that no branch of the application's union has."""
    if isinstance(pinned, str) and pinned in known:
        pinned = known[pinned]
    if isinstance(pinned, list):
        if data is None:
            return "null" not in pinned
        inner = [known.get(branch, branch) if isinstance(branch, str) else branch for branch in pinned]
        if not isinstance(data, tuple):
            return not any(branch != "null" and fits(data, branch, known) and not is_record(branch) for branch in inner)
        simple = data[0].rsplit(".", 1)[-1]
        same_name = [branch for branch in inner if isinstance(branch, dict) and branch.get("name") == simple]
        if not same_name:
            return True
        if way and way[0].startswith("("):
            return way[0] == f"({simple})" and strange(data[1], same_name[0], known, way[1:])
        return strange(data[1], same_name[0], known, way)
    if isinstance(data, tuple):
        return not is_record(pinned) or pinned["name"] != data[0].rsplit(".", 1)[-1] or strange(data[1], pinned, known, way)
    if data is None:
        return pinned != "null"
    if not way:
        return False
    if way[0] in ("[]", "{}"):
        inner = data.values() if isinstance(data, dict) else data
        return any(strange(one, pinned["items" if way[0] == "[]" else "values"], known, way[1:]) for one in inner)
    if not is_record(pinned) or not isinstance(data, dict):
        return False
    fields = [field for field in pinned["fields"] if field["name"] == way[0] and way[0] in data]
    return any(strange(data[way[0]], field["type"], known, way[1:]) for field in fields)


def is_record(schema):
    return isinstance(schema, dict) and schema["type"] == "record"


def fits(one, schema, known):
    """Whether a value is one that an application expects that was written for this type."""
    if isinstance(schema, list):
        return any(fits(one, branch, known) for branch in schema)
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind in NUMBERS:
        low, high = NUMBERS[kind]
        return isinstance(one, int) and not isinstance(one, bool) and low <= one <= high
    if kind == "enum":
        return one in schema["symbols"]
    types = {"null": type(None), "boolean": bool, "string": str, "bytes": bytes}
    return isinstance(one, types[kind]) if kind in types else True


def pair(rng):
    built = Drawer(rng).record(2, "Ev")
    candidate = changed(rng, built)
    if rng.random() < 0.5:
        built, candidate = candidate, built
    return {"built": json.dumps(built), "candidate": json.dumps(candidate), "decode": "pair", "reads": []}


def case(rng):
    drawer = Drawer(rng)
    built = drawer.record(2, "Ev")
    candidate = changed(rng, built)
    if rng.random() < 0.3:
        # Aliases on the reader's side: it is the one that was changed.
        built, candidate = candidate, built
    known = defined(built)
    reads = sorted(set(paths(built, known)))
    if not reads:
        return None
    reads = rng.sample(reads, min(len(reads), rng.randint(1, 3)))
    made = {
        "built": json.dumps(built),
        "candidate": json.dumps(candidate),
        "decode": rng.choice(["pinned", "projected", "writer"]),
        "reads": sorted(reads),
    }
    if made["decode"] == "projected" and twice(cut(built, known, [steps(path) for path in reads])):
        made["decode"] = "pinned"
    return made


def generate(make, seed, count):
    rng = random.Random(seed)
    done = 0
    while done < count:
        made = make(rng)
        if made is None:
            continue
        try:
            consumer = Consumer(made)
        except Exception:
            # A change that makes no schema.
            continue
        events = {}
        for _ in range(12):
            stream = io.BytesIO()
            fastavro.schemaless_writer(stream, consumer.parsed_writer, value(rng, consumer.writer, consumer.sent))
            events[stream.getvalue().hex()] = consumer.hurt(stream.getvalue())
        made["events"] = events
        print(json.dumps(made), flush=True)
        done += 1


def judge():
    for line in sys.stdin:
        made = json.loads(line)
        consumer = Consumer(made)
        print(json.dumps({data: consumer.hurt(bytes.fromhex(data)) for data in made["events"]}), flush=True)


if sys.argv[1] == "judge":
    judge()
else:
    generate({"generate": case, "pairs": pair}[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]))
