// Reads Protobuf data with the decoders that protobufjs generates for each message, and prints what it sees.
//
// Each line of the input is a JSON object: `set` is a FileDescriptorSet in base64, `cases` are pairs of a message's full name
// and its bytes in hex. Each line of the output is a list of what is seen, one for every case: see view.rs, which shows the
// same.
"use strict";

const protobuf = require("protobufjs");
const { FileDescriptorSet } = require("protobufjs/ext/descriptor");

function number(kind, value) {
    if (kind === "double" || kind === "float") {
        if (Number.isNaN(value)) return "nan";
        const bytes = Buffer.alloc(8);
        bytes.writeDoubleBE(value);
        return "f" + bytes.toString("hex");
    }
    if (kind === "bool") return value ? "1" : "0";
    return value.toString();
}

function element(field, kind, value) {
    if (field.resolvedType instanceof protobuf.Type) return view(field.resolvedType, value);
    if (kind === "string") return "x" + Buffer.from(value, "utf8").toString("hex");
    if (kind === "bytes") return "x" + Buffer.from(value).toString("hex");
    return number(kind, value);
}

// A key as it stands in an object: 64 bits are eight characters there, unless it is the zero of an entry without a key.
function key(kind, text) {
    if (kind === "string") return "x" + Buffer.from(text, "utf8").toString("hex");
    if (kind === "bool") return text === "true" ? "1" : "0";
    if (/64$/.test(kind) && text.length === 8) return protobuf.util.longFromHash(text, /^u|^fixed/.test(kind)).toString();
    return text;
}

function view(type, value) {
    const seen = {};
    for (const field of type.fieldsArray) {
        if (!Object.prototype.hasOwnProperty.call(value, field.name)) continue;
        const content = value[field.name];
        if (field.map) {
            const entries = Object.keys(content).map((name) => ["=" + key(field.keyType, name), element(field, field.type, content[name])]);
            // A zero that is written and one that is not are two keys here, and which was the last cannot be told.
            if (new Set(entries.map(([name]) => name)).size < entries.length) throw Error("a map holds zero twice");
            if (entries.length > 0) seen[field.id] = Object.fromEntries(entries);
        } else if (field.repeated) {
            if (content.length > 0) seen[field.id] = content.map((item) => element(field, field.type, item));
        } else {
            seen[field.id] = element(field, field.type, content);
        }
    }
    const unknown = new Set((value.$unknowns || []).map((bytes) => protobuf.Reader.create(bytes).tag() >>> 3));
    if (unknown.size > 0) seen["?"] = [...unknown].sort((one, other) => one - other);
    return seen;
}

function judge(root, name, data) {
    const type = root.lookupType("." + name);
    const reader = protobuf.Reader.create(Buffer.from(data, "hex"));
    reader.discardUnknown = false;
    try {
        return view(type, type.decode(reader));
    } catch (error) {
        return { "!": error.message };
    }
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    const root = protobuf.Root.fromDescriptor(FileDescriptorSet.decode(Buffer.from(request.set, "base64")));
    root.resolveAll();
    console.log(JSON.stringify(request.cases.map(([name, data]) => judge(root, name, data))));
});
