package dev.outrider.sidecar.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Writes maps, lists and scalars as JSON that people can read and that does not jump about. */
final class JsonText {
    private static final ObjectWriter WRITER =
            new JsonMapper()
                    .writer(
                            new DefaultPrettyPrinter()
                                    .withArrayIndenter(new DefaultIndenter("  ", "\n"))
                                    .withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private JsonText() {}

    static String of(Object json) {
        try {
            return WRITER.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a view gave what is not JSON", e);
        }
    }
}
