package dev.outrider.sidecar.auth;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Roles or scopes: distinct, in order, and looked through without garbage. Immutable. It also knows
 * how its names stand in a header field, so that a cached caller is written down only once.
 */
public final class NameList extends AbstractList<String> implements RandomAccess {
    private static final String EMPTY = "";

    private final String[] names;
    private final String commas;

    public NameList(List<String> names) {
        Set<String> distinct = new LinkedHashSet<>(names);
        distinct.remove(EMPTY);
        this.names = distinct.toArray(new String[0]);
        this.commas = String.join(",", distinct.stream().map(FieldText::of).toList());
    }

    /** Names in a claim: a list of texts, or a lone one. Members that are no text are left out. */
    static NameList ofRoles(@Nullable Object claim) {
        return new NameList(texts(claim));
    }

    /**
     * The same for scopes, which are separated by blanks where they are one text (RFC 6749, section
     * 3.3). A member of a list that holds a blank is no scope and must not become two.
     */
    static NameList ofScopes(@Nullable Object claim) {
        if (claim instanceof String text) {
            return new NameList(Arrays.asList(text.split(" ", -1)));
        }
        return new NameList(texts(claim).stream().filter(each -> !each.contains(" ")).toList());
    }

    private static List<String> texts(@Nullable Object claim) {
        if (claim instanceof String text) {
            return List.of(text);
        }
        List<String> texts = new ArrayList<>();
        if (claim instanceof Iterable<?> members) {
            for (Object member : members) {
                if (member instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    @Override
    public String get(int index) {
        return names[index];
    }

    @Override
    public int size() {
        return names.length;
    }

    /** The names with commas between, each as {@link FieldText} writes it. */
    public String commas() {
        return commas;
    }

    /** As scopes are written in a token. */
    String blanks() {
        return String.join(" ", names);
    }
}
