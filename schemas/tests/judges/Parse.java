import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;

/** Reads files as Avro Java does: a line with the path of a schema or a container, and a line with `taken` or `refused: …`. */
public class Parse {
    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(line.isEmpty() ? "" : answer(new File(line)));
        }
    }

    private static String answer(File file) {
        try {
            if (file.getName().endsWith(".avsc")) {
                new Schema.Parser().parse(file);
                return "taken";
            }
            try (var reader = new DataFileReader<>(file, new GenericDatumReader<Object>())) {
                for (Object value : reader) {
                    // Each has to be read.
                }
            }
            return "taken";
        } catch (Exception | StackOverflowError error) {
            return ("refused: " + error).lines().findFirst().orElse("refused");
        }
    }
}
