import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Decodes events as Avro Java does: a line of JSON with `writer`, `reader` and `data` in hex, and a line with what is seen, which
 * avro.py reads: `{"v": …}` or `{"!": …}` with the error. Bytes are `{"b": hex}`, maps `{"m": …}`, records `{"r": …}` and those in
 * a union `{"t": [name, …]}`.
 */
public class AvroJava {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        String known = "";
        GenericDatumReader<Object> datums = null;
        Schema reader = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode asked = JSON.readTree(line);
            ObjectNode answer = JSON.createObjectNode();
            try {
                String texts = asked.get("writer").asText() + asked.get("reader").asText();
                if (!texts.equals(known)) {
                    Schema writer = new Schema.Parser().parse(asked.get("writer").asText());
                    reader = new Schema.Parser().parse(asked.get("reader").asText());
                    datums = new GenericDatumReader<>(writer, reader);
                    known = texts;
                }
                byte[] data = HexFormat.of().parseHex(asked.get("data").asText());
                BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, null);
                Object value = datums.read(null, decoder);
                answer.set("v", shown(reader, value, false));
            } catch (Exception | StackOverflowError error) {
                answer.put("!", error.getClass().getSimpleName() + ": " + error.getMessage());
            }
            out.println(answer);
        }
    }

    private static JsonNode shown(Schema schema, Object value, boolean inUnion) {
        var nodes = JSON.getNodeFactory();
        switch (schema.getType()) {
            case UNION:
                return shown(schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), value, true);
            case RECORD:
                var fields = nodes.objectNode();
                for (Schema.Field field : schema.getFields()) {
                    fields.set(field.name(), shown(field.schema(), ((GenericRecord) value).get(field.pos()), false));
                }
                var record = nodes.objectNode().set("r", fields);
                return inUnion ? nodes.objectNode().set("t", nodes.arrayNode().add(schema.getFullName()).add(record)) : record;
            case ARRAY:
                var items = nodes.arrayNode();
                ((Iterable<?>) value).forEach(item -> items.add(shown(schema.getElementType(), item, false)));
                return items;
            case MAP:
                var entries = nodes.objectNode();
                ((Map<?, ?>) value).forEach((key, entry) -> entries.set(key.toString(), shown(schema.getValueType(), entry, false)));
                return nodes.objectNode().set("m", entries);
            case BYTES:
                return nodes.objectNode().put("b", HexFormat.of().formatHex(((ByteBuffer) value).array()));
            case FIXED:
                return nodes.objectNode().put("b", HexFormat.of().formatHex(((GenericData.Fixed) value).bytes()));
            case NULL:
                return nodes.nullNode();
            case BOOLEAN:
                return nodes.booleanNode((Boolean) value);
            case INT:
            case LONG:
                return nodes.numberNode(((Number) value).longValue());
            case FLOAT:
            case DOUBLE:
                return nodes.numberNode(((Number) value).doubleValue());
            default:
                return nodes.textNode(value.toString());
        }
    }
}
