package dev.outrider.certs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as maps, lists and scalars, on Jackson's streaming layer alone: data binding would load 400
 * classes more into every proxy. Strict, as security formats need it: a name twice in one object,
 * or anything after the value, is an error, since two readers could otherwise see two different
 * messages. Nesting and lengths are bounded by Jackson's own limits. Any thread.
 */
public final class Json {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {}

    /** Reads an object; anything else is an {@link IllegalArgumentException}. */
    public static Map<String, @Nullable Object> object(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            return object(parser);
        } catch (IOException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
    }

    /** The same from text. */
    public static Map<String, @Nullable Object> object(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            return object(parser);
        } catch (IOException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
    }

    /** The same from a stream of characters; its own failures come through. */
    public static Map<String, @Nullable Object> object(Reader json) throws IOException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            return object(parser);
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no JSON object");
        }
        Map<String, @Nullable Object> members = members(parser);
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("something follows the JSON object");
        }
        return members;
    }

    private static Map<String, @Nullable Object> members(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> members(parser);
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw new IllegalArgumentException("the JSON ends too soon");
        };
    }

    /**
     * Writes maps, lists, texts, numbers and booleans on one line.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static String write(Object json) {
        return write(json, null);
    }

    /** The same over several lines, for people; ends with a line feed. */
    public static String writeIndented(Object json) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return write(
                        json,
                        new DefaultPrettyPrinter()
                                .withArrayIndenter(indenter)
                                .withObjectIndenter(indenter))
                + "\n";
    }

    private static String write(Object json, @Nullable DefaultPrettyPrinter printer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            if (printer != null) {
                generator.setPrettyPrinter(printer);
            }
            write(generator, json);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, @Nullable Object json) throws IOException {
        switch (json) {
            case null -> generator.writeNull();
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    generator.writeFieldName(String.valueOf(member.getKey()));
                    write(generator, member.getValue());
                }
                generator.writeEndObject();
            }
            case Iterable<?> elements -> {
                generator.writeStartArray();
                for (Object element : elements) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case CharSequence text -> generator.writeString(text.toString());
            case Enum<?> constant -> generator.writeString(constant.name());
            case Boolean truth -> generator.writeBoolean(truth);
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case Double number -> generator.writeNumber(number);
            case Number number -> generator.writeNumber(number.toString());
            default ->
                    throw new IllegalArgumentException(
                            json.getClass().getName() + " cannot be written as JSON");
        }
    }
}
