package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outrider.sidecar.route.RouteTable.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteTableTest {
    private static Entry<String> route(
            String name, @Nullable PathMatchConfig path, String... hosts) {
        return route(
                name, new MatchConfig(List.of(hosts), path, List.of(), Map.of(), Map.of(), null));
    }

    private static Entry<String> route(String name, MatchConfig match) {
        return new Entry<>(name, match, 0, name);
    }

    private static Entry<String> methods(String name, String path, String... methods) {
        PathMatchConfig exact = PathMatchConfig.ofExact(path);
        return route(
                name,
                new MatchConfig(List.of(), exact, List.of(methods), Map.of(), Map.of(), null));
    }

    private static Entry<String> header(String name, String header, TextMatchConfig match) {
        return route(
                name,
                new MatchConfig(List.of(), null, List.of(), Map.of(header, match), Map.of(), null));
    }

    private static Entry<String> query(String name, String key, TextMatchConfig match) {
        return route(
                name,
                new MatchConfig(List.of(), null, List.of(), Map.of(), Map.of(key, match), null));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    private static RouteTable<String> table(Entry<String>... routes) {
        return RouteTable.of(List.of(routes));
    }

    private static @Nullable String find(RouteTable<String> table, String host, String path) {
        return table.find(Heads.head("GET", host, path), path);
    }

    @ParameterizedTest
    @CsvSource({
        "/users, exact",
        "/users/, exact",
        "/users/42, template",
        "/users/42/, template",
        "/users/me, exact-below",
        "/users/42/orders, orders",
        "/users/me/orders, my-orders",
        "/users/42/orders/7, rest",
        "/users/me/x/y, rest",
        "/api, short",
        "/api/, short",
        "/api/v1, long",
        "/api/v1/x/y, long",
        "/api/v10, short",
        "/apiary, regex",
        "/other, regex",
        "/OTHER, any",
        "*, any",
    })
    void theMoreSpecificPathWins(String path, String name) {
        List<Entry<String>> routes =
                new ArrayList<>(
                        List.of(
                                route("exact", PathMatchConfig.ofExact("/users")),
                                route("exact-below", PathMatchConfig.ofExact("/users/me")),
                                route("template", PathMatchConfig.ofTemplate("/users/{id}")),
                                route("orders", PathMatchConfig.ofTemplate("/users/{id}/orders")),
                                route("my-orders", PathMatchConfig.ofTemplate("/users/me/{what}")),
                                route("rest", PathMatchConfig.ofTemplate("/users/{id}/{all...}")),
                                route("short", PathMatchConfig.ofPrefix("/api")),
                                route("long", PathMatchConfig.ofPrefix("/api/v1/")),
                                route("regex", PathMatchConfig.ofRegex("/[a-z]+")),
                                route("any", (PathMatchConfig) null)));
        assertThat(find(RouteTable.of(routes), "any.host", path)).isEqualTo(name);
        Collections.reverse(routes);
        assertThat(find(RouteTable.of(routes), "any.host", path)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, exact",
        "API.Example.Com:8443, exact",
        "api.example.com., exact",
        "www.example.com, wildcard",
        "a.b.example.com, wildcard",
        "x.eu.example.com, narrow",
        "example.com, any",
        "notexample.com, any",
        "[::1]:80, six",
        "[::2]:80, any",
    })
    void theMoreSpecificHostWins(String host, String name) {
        RouteTable<String> table =
                table(
                        route("any", PathMatchConfig.ofExact("/x")),
                        route("wildcard", null, "*.example.com"),
                        route("narrow", null, "*.eu.example.com"),
                        route("exact", null, "api.example.com"),
                        route("six", null, "[::1]"));
        assertThat(find(table, host, "/x")).isEqualTo(name);
    }

    @Test
    void aWiderHostTakesWhatTheNarrowOneHasNoPathFor() {
        RouteTable<String> table =
                table(
                        route("narrow", PathMatchConfig.ofExact("/a"), "api.example.com"),
                        route("wide", PathMatchConfig.ofPrefix("/"), "*.example.com"));
        assertThat(find(table, "api.example.com", "/a")).isEqualTo("narrow");
        assertThat(find(table, "api.example.com", "/b")).isEqualTo("wide");
        assertThat(find(table, "other.test", "/b")).isNull();
    }

    @Test
    void aPriorityGoesBeforeAllThat() {
        MatchConfig wide = MatchConfig.ANY;
        RouteTable<String> table =
                table(
                        route("exact", PathMatchConfig.ofExact("/a"), "api.example.com"),
                        new Entry<>("maintenance", wide, 1, "maintenance"),
                        new Entry<>(
                                "last",
                                new MatchConfig(
                                        List.of("api.example.com"),
                                        PathMatchConfig.ofExact("/b"),
                                        List.of(),
                                        Map.of(),
                                        Map.of(),
                                        null),
                                -1,
                                "last"));
        assertThat(find(table, "api.example.com", "/a")).isEqualTo("maintenance");
        assertThat(find(table, "api.example.com", "/b")).isEqualTo("maintenance");
    }

    @Test
    void moreConditionsGoFirstAndThenTheOrderInTheFile() {
        TextMatchConfig on = TextMatchConfig.ofExact("1");
        RouteTable<String> table =
                table(
                        route("plain", MatchConfig.ANY),
                        header("a", "X-A", on),
                        header("b", "x-b", on),
                        route(
                                "both",
                                new MatchConfig(
                                        List.of(),
                                        null,
                                        List.of(),
                                        Map.of("x-a", on, "x-b", on),
                                        Map.of(),
                                        null)));
        assertThat(table.find(Heads.head("GET", "h", "/"), "/")).isEqualTo("plain");
        assertThat(table.find(Heads.head("GET", "h", "/", "x-b", "1"), "/")).isEqualTo("b");
        assertThat(table.find(Heads.head("GET", "h", "/", "X-A", "1", "X-B", "1"), "/"))
                .isEqualTo("both");
        RouteTable<String> two = table(header("a", "x-a", on), header("b", "x-b", on));
        assertThat(two.find(Heads.head("GET", "h", "/", "x-a", "1", "x-b", "1"), "/"))
                .isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({
        "exact, 1, true",
        "exact, 11, false",
        "prefix, 1, true",
        "prefix, 11, true",
        "prefix, 21, false",
        "regex, aab, true",
        "regex, aabc, false",
        "present, anything, true",
        "absent, anything, false",
    })
    void headersAndParametersMatch(String kind, String value, boolean matches) {
        TextMatchConfig match =
                switch (kind) {
                    case "exact" -> TextMatchConfig.ofExact("1");
                    case "prefix" -> new TextMatchConfig(null, "1", null, null);
                    case "regex" -> new TextMatchConfig(null, null, "a*b", null);
                    case "present" -> new TextMatchConfig(null, null, null, true);
                    default -> new TextMatchConfig(null, null, null, false);
                };
        String found = matches ? "it" : null;
        assertThat(
                        table(header("it", "x-v", match))
                                .find(Heads.head("GET", "h", "/", "X-V", value), "/"))
                .isEqualTo(found);
        assertThat(find(table(query("it", "v", match)), "h", "/?w=9&v=" + value)).isEqualTo(found);
        boolean ofNone = kind.equals("absent");
        assertThat(find(table(header("it", "x-v", match)), "h", "/"))
                .isEqualTo(ofNone ? "it" : null);
        assertThat(find(table(query("it", "v", match)), "h", "/?vv=1"))
                .isEqualTo(ofNone ? "it" : null);
    }

    /** The app may read the other one. */
    @Test
    void aRepeatedNameMustMatchEachTime() {
        TextMatchConfig one = TextMatchConfig.ofExact("1");
        assertThat(
                        table(header("it", "x-v", one))
                                .find(Heads.head("GET", "h", "/", "x-v", "1", "X-V", "2"), "/"))
                .isNull();
        assertThat(find(table(query("it", "v", one)), "h", "/?v=1&v=2")).isNull();
        assertThat(find(table(query("it", "v", one)), "h", "/?v=1&%76=2")).isNull();
        assertThat(find(table(query("it", "v", one)), "h", "/?v=%31&v=1")).isEqualTo("it");
    }

    @Test
    void aMediaTypeSelectsAVersion() {
        RouteTable<String> table =
                table(
                        route("v1", MatchConfig.ANY),
                        route(
                                "v2",
                                new MatchConfig(
                                        List.of(),
                                        null,
                                        List.of(),
                                        Map.of(),
                                        Map.of(),
                                        "application/vnd.shop.v2+json")));
        String accept = "text/html, Application/vnd.shop.V2+json;q=0.9";
        assertThat(table.find(Heads.head("GET", "h", "/", "Accept", accept), "/")).isEqualTo("v2");
        assertThat(table.find(Heads.head("GET", "h", "/", "Accept", "*/*"), "/")).isEqualTo("v1");
    }

    @Test
    void saysWhichMethodsWouldHaveMatched() {
        RouteTable<String> table =
                table(methods("read", "/a", "GET"), methods("write", "/a", "POST", "PUT"));
        assertThat(table.find(Heads.head("HEAD", "h", "/a"), "/a")).isEqualTo("read");
        assertThat(table.find(Heads.head("PUT", "h", "/a"), "/a")).isEqualTo("write");
        assertThat(table.find(Heads.head("DELETE", "h", "/a"), "/a")).isNull();
        assertThat(table.methods(Heads.head("DELETE", "h", "/a"), "/a"))
                .containsExactly("GET", "HEAD", "POST", "PUT");
        assertThat(table.methods(Heads.head("DELETE", "h", "/b"), "/b")).isEmpty();
    }

    @Test
    void aHostMayBeSaidTwice() {
        assertThat(find(table(route("a", null, "h.t", "H.T")), "h.t", "/")).isEqualTo("a");
    }

    @Test
    void refusesTwoRoutesThatMatchTheSame() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        table(
                                route("a", PathMatchConfig.ofTemplate("/x/{a}"), "h"),
                                route("b", PathMatchConfig.ofTemplate("/x/{b}/"), "g", "H")))
                .withMessageContaining("'a' and 'b'");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> table(methods("a", "/x", "GET", "PUT"), methods("b", "/x", "PUT")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table(route("a", MatchConfig.ANY), methods("a", "/x", "GET")))
                .withMessageContaining("name 'a'");
    }

    /** Against a plain search through all, in the order that is promised. */
    @Test
    void findsWhatASearchThroughAllFinds() {
        long seed = 4;
        Random random = new Random(seed);
        String[] words = {"a", "b", "{x}", "c"};
        List<Entry<String>> routes = new ArrayList<>();
        while (routes.size() < 400) {
            StringBuilder path = new StringBuilder();
            for (int n = random.nextInt(4); n >= 0; n--) {
                String word = words[random.nextInt(words.length)];
                path.append('/').append(word.equals("{x}") ? "{x" + n + "}" : word);
            }
            String text = path.toString();
            String name = "r" + routes.size();
            PathMatchConfig config =
                    text.contains("{") || random.nextBoolean()
                            ? PathMatchConfig.ofTemplate(text)
                            : PathMatchConfig.ofPrefix(text);
            String[] hosts = {"h.t", "*.t", "g.t"};
            MatchConfig match =
                    new MatchConfig(
                            random.nextInt(4) == 0
                                    ? List.of()
                                    : List.of(hosts[random.nextInt(hosts.length)]),
                            config,
                            List.of(),
                            Map.of("x-" + name, new TextMatchConfig(null, null, null, false)),
                            Map.of(),
                            null);
            routes.add(new Entry<>(name, match, random.nextInt(3), name));
        }
        RouteTable<String> table = RouteTable.of(routes);
        List<RouteOrder> order = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            MatchConfig match = routes.get(i).match();
            String host = match.hosts().isEmpty() ? "" : match.hosts().getFirst();
            String key = host.startsWith("*") ? host.substring(1) : host;
            order.add(new RouteOrder("r" + i, match, routes.get(i).priority(), key, i));
        }
        Collections.sort(order);
        String[] plain = {"a", "b", "c", "d"};
        for (int i = 0; i < 5_000; i++) {
            StringBuilder path = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                path.append('/').append(plain[random.nextInt(plain.length)]);
            }
            String host = random.nextBoolean() ? "h.t" : "g.t";
            String expected = null;
            for (RouteOrder each : order) {
                if (matches(each, host, path.toString())) {
                    expected = each.name();
                    break;
                }
            }
            assertThat(find(table, host, path.toString()))
                    .as("seed %d: %s%s", seed, host, path)
                    .isEqualTo(expected);
        }
    }

    private static boolean matches(RouteOrder route, String host, String path) {
        PathMatchConfig config = Objects.requireNonNull(route.match().path());
        String prefix = config.prefix();
        String text = prefix != null ? prefix : Objects.requireNonNull(config.template());
        String regex = text.replaceAll("\\{x[0-9]}", "[^/]+") + (prefix == null ? "" : "(/.*)?");
        return (host + "/").endsWith(route.host() + "/") && path.matches(regex);
    }

    @ParameterizedTest
    @CsvSource({
        "/users/42, id, 42",
        "/users/42/, id, 42",
        "/users/42/a/b, rest, a/b",
        "/users/42/a/b/, rest, a/b/",
        "/users/42, rest, ",
        "/users/42, other, ",
    })
    void templatesGiveTheirParameters(String path, String name, @Nullable String value) {
        assertThat(PathTemplate.parse("/users/{id}/{rest...}").value(path, name)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "/a(b)c, /a",
        "/ab*, /a",
        "/ab+, /ab",
        "/a|/b, ''",
        "'/a{2}', /",
        "/a\\.b, /a",
    })
    void knowsWhatAPatternBeginsWith(String regex, String start) {
        assertThat(PathIndex.start(regex)).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-version | true  | x-a, X-Version | asks",
                "x-version | true  | x-a            | any",
                "x-version | true  |                | any",
                "x-version | false | x-version      | any",
                "x-version | false | x-a            | asks",
                // Browsers do not tell these.
                "accept        | true | x-a | asks",
                "content-type  | true | x-a | asks",
                "cookie        | true | x-a | asks",
                "authorization | true | x-a | asks",
                "sec-fetch-site | true | x-a | asks",
                // This stands in both requests, as a proxy wrote it.
                "x-forwarded-proto | true | x-a | asks",
            })
    void aPreflightIsNoRequestWithAFieldThatIsNotAskedFor(
            String field, boolean present, @Nullable String asked, String name) {
        TextMatchConfig match = new TextMatchConfig(null, null, null, present);
        RouteTable<String> table =
                table(header("asks", field, match), route("any", MatchConfig.ANY));
        String[] fields = {
            "X-Forwarded-Proto",
            "https",
            asked == null ? "X-B" : "Access-Control-Request-Headers",
            String.valueOf(asked)
        };
        assertThat(table.findPreflighted(Heads.head("OPTIONS", "h", "/", fields), "/", "GET"))
                .isEqualTo(name);
    }
}
