package dev.outrider.injector.manifest.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value after the other, as {@code kubectl get -o json} and tools in a pipe write them.
 * Used once.
 */
final class JsonReader {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String json;
    private final int shift;

    /**
     * @param shift where the JSON begins in the text
     */
    JsonReader(String json, int shift) {
        this.json = json;
        this.shift = shift;
    }

    List<Document> documents() throws BadText {
        List<Document> documents = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            while (parser.nextToken() != null) {
                Node root = node(parser, 0);
                documents.add(new Document(root, root.end(), null));
            }
            return documents;
        } catch (JsonProcessingException e) {
            int at = e.getLocation() == null ? 0 : (int) e.getLocation().getCharOffset();
            String problem = e.getOriginalMessage().split("\n", 2)[0];
            throw new BadText(
                    shift + Math.clamp(at, 0, json.length()), "not valid JSON: " + problem);
        } catch (IOException e) {
            throw new BadText(shift, "not valid JSON: " + e.getMessage());
        }
    }

    private Node node(JsonParser parser, int depth) throws IOException, BadText {
        int start = offset(parser);
        if (depth > YamlReader.MOST_NESTED) {
            throw new BadText(start, "nested deeper than " + YamlReader.MOST_NESTED + " levels");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                List<Node.Entry> entries = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    Node.Scalar key = text(offset(parser), parser.currentName());
                    parser.nextToken();
                    entries.add(new Node.Entry(key, node(parser, depth + 1)));
                }
                yield new Node.Mapping(start, start, offset(parser) + 1, "", true, entries);
            }
            case START_ARRAY -> {
                List<Node> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(node(parser, depth + 1));
                }
                yield new Node.Sequence(start, start, offset(parser) + 1, "", true, items);
            }
            case VALUE_STRING -> text(start, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    word(start, parser.getText(), parser.getNumberValue());
            case VALUE_TRUE -> word(start, "true", true);
            case VALUE_FALSE -> word(start, "false", false);
            default -> word(start, "null", null);
        };
    }

    private int offset(JsonParser parser) {
        return shift + (int) parser.currentTokenLocation().getCharOffset();
    }

    private Node.Scalar text(int start, String text) {
        int at = start - shift + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        int end = at + 1 + shift;
        return new Node.Scalar(start, start, end, "", Node.Style.DOUBLE_QUOTED, text, text);
    }

    private static Node.Scalar word(int start, String text, @Nullable Object value) {
        int end = start + text.length();
        return new Node.Scalar(start, start, end, "", Node.Style.PLAIN, text, value);
    }
}
