package dev.outrider.sidecar.aside;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the one request of a connection (RFC 9112), strictly and within bounds. No route takes a
 * body, so a short one is read and dropped, and a long or chunked one refused.
 */
public final class RequestReader {
    private static final int HEAD_LIMIT = 16 * 1024;
    private static final int BODY_LIMIT = 4 * 1024;
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([A-Z]{1,16}) (/[!-~]*) HTTP/(1\\.[01])");
    private static final Pattern HEADER =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)");
    private static final Set<String> ONCE = Set.of("host", "content-length", "origin");

    private RequestReader() {}

    static PortRequest read(InputStream in, InetAddress caller) throws IOException, RequestRefused {
        List<String> lines = List.of(head(in).split("\r\n", -1));
        Matcher line = REQUEST_LINE.matcher(lines.getFirst());
        if (!line.matches()) {
            throw new RequestRefused(400, "expected a request line such as 'GET / HTTP/1.1'");
        }
        Map<String, String> headers = headers(lines.subList(1, lines.size()));
        dropBody(in, headers);
        String target = line.group(2);
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        Map<String, String> query = mark < 0 ? Map.of() : query(target.substring(mark + 1));
        return new PortRequest(line.group(1), path, query, headers, caller);
    }

    /** Everything up to the empty line. Byte by byte: the stream is buffered. */
    private static String head(InputStream in) throws IOException, RequestRefused {
        StringBuilder head = new StringBuilder(512);
        int length = 0;
        while (length < HEAD_LIMIT) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client closed the connection");
            }
            head.append((char) next);
            length = head.length();
            if (next == '\n') {
                if (length < 2 || head.charAt(length - 2) != '\r') {
                    throw new RequestRefused(400, "lines must end in CR LF");
                }
                if (length >= 4 && head.charAt(length - 3) == '\n') {
                    return head.substring(0, length - 4);
                }
            }
        }
        throw new RequestRefused(431, "the request's head is longer than 16 KiB");
    }

    private static Map<String, String> headers(List<String> lines) throws RequestRefused {
        Map<String, String> headers = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = HEADER.matcher(line);
            if (!matcher.matches()) {
                throw new RequestRefused(400, "a header line is malformed");
            }
            String name = matcher.group(1).toLowerCase(java.util.Locale.ROOT);
            String before = headers.put(name, matcher.group(2).strip());
            if (before != null && ONCE.contains(name)) {
                throw new RequestRefused(400, "the header " + name + " stands twice");
            }
        }
        return headers;
    }

    private static void dropBody(InputStream in, Map<String, String> headers)
            throws IOException, RequestRefused {
        if (headers.containsKey("transfer-encoding")) {
            throw new RequestRefused(501, "no body is expected here; send none");
        }
        String length = headers.getOrDefault("content-length", "0");
        if (!length.matches("[0-9]{1,18}")) {
            throw new RequestRefused(400, "content-length is not a number");
        }
        if (Long.parseLong(length) > BODY_LIMIT) {
            throw new RequestRefused(413, "no body is expected here; send none");
        }
        in.skipNBytes(Long.parseLong(length));
    }

    private static Map<String, String> query(String text) throws RequestRefused {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            query.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return query;
    }

    /** A part of an address, with what {@code %} and {@code +} stand for. */
    public static String decode(String text) throws RequestRefused {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RequestRefused(400, "a % in the address is not followed by two hex digits");
        }
    }
}
