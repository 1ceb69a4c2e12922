package dev.outrider.injector.manifest.text;

import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A text and the documents in it.
 *
 * @param json whether it is JSON and no more
 */
public record Manifest(Text text, boolean json, List<Document> documents) {
    private static final int MOST_TABS = 100;
    private static final String TEMPLATE =
            "this is a template of Helm's and not YAML yet; render it first: helm template CHART |"
                    + " outrider inject -f -";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * Reads YAML, or one JSON value after the other.
     *
     * @throws BadText if it is neither
     */
    public static Manifest of(String chars) throws BadText {
        int shift = chars.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
        String body = chars.substring(shift);
        Text text = Text.of(chars);
        boolean begins = body.stripLeading().startsWith("{");
        try {
            return begins ? json(text, body, shift) : new Manifest(text, false, yaml(body, shift));
        } catch (BadText e) {
            if (text.chars()
                    .substring(text.lineStart(e.offset()), text.lineEnd(e.offset()))
                    .contains("{{")) {
                throw new BadText(e.offset(), TEMPLATE);
            }
            throw e;
        }
    }

    /** Whether another has the same documents, but for entries without a value. */
    public boolean meansTheSame(Manifest other) {
        boolean same = documents.size() == other.documents.size();
        try {
            for (int index = 0; same && index < documents.size(); index++) {
                Node one = documents.get(index).root();
                Node two = other.documents.get(index).root();
                same =
                        Values.same(
                                Values.withoutEmpty(one == null ? null : Values.of(one)),
                                Values.withoutEmpty(two == null ? null : Values.of(two)));
            }
            return same;
        } catch (BadText _) {
            return false;
        }
    }

    /** YAML may begin with a brace too; if it is neither, the error of JSON says more. */
    private static Manifest json(Text text, String body, int shift) throws BadText {
        try {
            return new Manifest(text, true, new JsonReader(body, shift).documents());
        } catch (BadText notJson) {
            try {
                return new Manifest(text, false, yaml(body, shift));
            } catch (BadText _) {
                throw notJson;
            }
        }
    }

    /**
     * The parser is strict about tabs between a value and what is around it; Kubernetes' is not. It
     * is given spaces for them, which changes no offset.
     */
    private static List<Document> yaml(String body, int shift) throws BadText {
        String parsed = body;
        for (int tabs = 0; ; tabs++) {
            Marks marks = new Marks(parsed, shift);
            try {
                return parse(shift == 0 ? body : BYTE_ORDER_MARK + body, parsed, marks);
            } catch (MarkedYamlEngineException e) {
                int at = marks.offset(e.getProblemMark().or(e::getContextMark)) - shift;
                if (tabs == MOST_TABS || !isSeparatingTab(parsed, at)) {
                    throw new BadText(at + shift, problem(e, parsed, at));
                }
                parsed = parsed.substring(0, at) + ' ' + parsed.substring(at + 1);
            } catch (ReaderException e) {
                int at = marks.offset(e.getPosition()) - shift;
                throw new BadText(
                        at + shift,
                        String.format(
                                "the character U+%04X is not allowed in YAML; remove it",
                                e.getCodePoint()));
            } catch (YamlEngineException e) {
                throw new BadText(shift, "not valid YAML: " + e.getMessage());
            }
        }
    }

    private static List<Document> parse(String text, String parsed, Marks marks) throws BadText {
        // One buffer for all of it: where one ends in half a character, the parser fails.
        LoadSettings settings =
                LoadSettings.builder()
                        .setCodePointLimit(Integer.MAX_VALUE)
                        .setBufferSize(parsed.length() + 16)
                        .build();
        return new YamlReader(text, marks, new Parse(settings).parseString(parsed).iterator())
                .documents();
    }

    private static boolean isSeparatingTab(String yaml, int at) {
        return at < yaml.length()
                && yaml.charAt(at) == '\t'
                && !yaml.substring(yaml.lastIndexOf('\n', at) + 1, at).isBlank();
    }

    private static String problem(MarkedYamlEngineException e, String yaml, int at) {
        if (at < yaml.length() && yaml.charAt(at) == '\t') {
            return "a tab stands where YAML wants spaces; indent with spaces";
        }
        String context = e.getContext() == null ? "" : " " + e.getContext();
        return "not valid YAML: "
                + e.getProblem()
                + context
                + "; look at this line and the one before it";
    }
}
