package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.ClaimNames;
import dev.outrider.sidecar.auth.ClaimPath;
import dev.outrider.sidecar.auth.FieldText;
import dev.outrider.sidecar.auth.NameList;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the service behind who calls, in fields that nobody else can have written: whatever stood
 * there is taken out first. Claims are what others chose, so each is written as {@link FieldText}
 * and bounded.
 */
public final class ClaimHeaders implements RequestFilter {
    private final ClaimHeadersConfig config;
    private final String[] names;

    public ClaimHeaders(ClaimHeadersConfig config) {
        this.config = config;
        this.names = config.names().toArray(new String[0]);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        for (String name : names) {
            headers.removeSpellings(name);
        }
        Caller caller = exchange.caller();
        if (caller != null) {
            write(headers, caller);
        }
        return Verdict.CONTINUE;
    }

    private void write(Headers headers, Caller caller) {
        Map<String, Object> claims = caller.claims();
        add(headers, config.user(), FieldText.of(caller.subject()));
        add(headers, config.issuer(), FieldText.of(caller.issuer()));
        if (claims.get(ClaimNames.ROLES) instanceof NameList roles) {
            addList(headers, config.roles(), roles.commas(), ',');
        }
        if (claims.get(ClaimNames.SCOPE) instanceof String scopes) {
            addList(headers, config.scopes(), blanks(scopes), ' ');
        }
        if (claims.get(ClaimNames.TENANT) instanceof String tenant) {
            add(headers, config.tenant(), FieldText.of(tenant));
        }
        for (Map.Entry<String, ClaimPath> other : config.others().entrySet()) {
            String text = text(other.getValue(), claims);
            if (text != null) {
                addList(headers, other.getKey(), text, ',');
            }
        }
    }

    /** A value that is too long is left out: half a name would be somebody else's. */
    private void add(Headers headers, String name, String value) {
        if (!name.isEmpty() && !value.isEmpty() && value.length() <= config.longest()) {
            headers.add(name, value);
        }
    }

    /** Members that do not fit are left out, so that the caller seems to have less, never more. */
    private void addList(Headers headers, String name, String value, char separator) {
        if (value.length() <= config.longest()) {
            add(headers, name, value);
            return;
        }
        int end = value.lastIndexOf(separator, config.longest());
        if (end > 0) {
            add(headers, name, value.substring(0, end));
        }
    }

    /** Blanks separate scopes; nothing else that {@link FieldText} would change is in most. */
    private static String blanks(String scopes) {
        for (int i = 0; i < scopes.length(); i++) {
            char c = scopes.charAt(i);
            if (c < ' ' || c >= 127 || c == '%' || c == ',') {
                return Arrays.stream(scopes.split(" ", -1))
                        .map(FieldText::of)
                        .collect(Collectors.joining(" "));
            }
        }
        return scopes;
    }

    /** A lone claim, or the lone members of a list with commas between; null if there is none. */
    private static @Nullable String text(ClaimPath path, Map<String, Object> claims) {
        String text = path.findText(claims);
        if (text != null) {
            return FieldText.of(text);
        }
        if (!(path.find(claims) instanceof Iterable<?> members)) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Object member : members) {
            if (member instanceof String each && !each.isEmpty()) {
                texts.add(FieldText.of(each));
            }
        }
        return texts.isEmpty() ? null : String.join(",", texts);
    }
}
