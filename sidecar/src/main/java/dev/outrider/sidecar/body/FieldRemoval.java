package dev.outrider.sidecar.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes JSON again without some of its fields. Numbers stay as they were written, strings may be
 * escaped another way, white space goes. Several values in a row (JSON lines) get a line each.
 * Pure.
 */
final class FieldRemoval {
    private static final int DEEPEST = 256;

    /** Names are not kept: whoever sends bodies could fill the table with them. */
    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                    .build();

    private final FieldPaths paths;

    FieldRemoval(FieldPaths paths) {
        this.paths = paths;
    }

    /**
     * @throws IOException if it is no JSON, or nested too deeply
     */
    byte[] apply(byte[] body, int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        try (JsonParser in = JSON.createParser(text(body, length));
                JsonGenerator to = JSON.createGenerator(out)) {
            to.setRootValueSeparator(new SerializedString("\n"));
            while (in.nextToken() != null) {
                value(in, to, paths.start());
            }
        }
        return out.toByteArray();
    }

    /**
     * As UTF-8 and nothing else, without a mark of the byte order; octets that are none are a
     * fault, where Jackson's own reader puts another character in their place.
     */
    private static Reader text(byte[] body, int length) {
        boolean marked =
                length >= 3
                        && body[0] == (byte) 0xef
                        && body[1] == (byte) 0xbb
                        && body[2] == (byte) 0xbf;
        int start = marked ? 3 : 0;
        return new InputStreamReader(
                new ByteArrayInputStream(body, start, length - start),
                StandardCharsets.UTF_8.newDecoder());
    }

    private void value(JsonParser in, JsonGenerator out, List<FieldPaths.Place> places)
            throws IOException {
        switch (in.currentToken()) {
            case START_OBJECT -> object(in, out, places);
            case START_ARRAY -> {
                out.writeStartArray();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    value(in, out, places);
                }
                out.writeEndArray();
            }
            case VALUE_STRING ->
                    out.writeString(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(in.getText());
            case VALUE_TRUE -> out.writeBoolean(true);
            case VALUE_FALSE -> out.writeBoolean(false);
            case VALUE_NULL -> out.writeNull();
            default -> throw new IOException("unexpected " + in.currentToken());
        }
    }

    private void object(JsonParser in, JsonGenerator out, List<FieldPaths.Place> places)
            throws IOException {
        out.writeStartObject();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            List<FieldPaths.Place> below = paths.below(places, name);
            in.nextToken();
            if (paths.takes(name, below)) {
                in.skipChildren();
            } else {
                out.writeFieldName(name);
                value(in, out, below);
            }
        }
        out.writeEndObject();
    }
}
