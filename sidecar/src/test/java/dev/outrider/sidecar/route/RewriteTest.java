package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TryLimit;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rewrites and redirects, which make paths in the same ways. */
final class RewriteTest {
    private static Map<String, Object> route(
            @Nullable Map<String, Object> path, String how, Object config) {
        Map<String, Object> route = new LinkedHashMap<>();
        route.put("name", "r");
        if (path != null) {
            route.put("match", Map.of("path", path));
        }
        route.put(how, config);
        if (how.equals("rewrite")) {
            route.put("service", "s");
        }
        return route;
    }

    @ParameterizedTest
    @CsvSource({
        "/api, /v2, /api/x/y?q=1, /v2/x/y?q=1",
        "/api/, /v2/, /api, /v2",
        "/api, /v2, /api/, /v2/",
        "/api, /, /api, /",
        "/api, /, /api/x, /x",
        "/, /base, /, /base/",
        "/, /base, /x, /base/x",
        ", /base, /x, /base/x",
    })
    void prefixesAreReplaced(@Nullable String from, String to, String target, String sent) {
        Map<String, Object> path = from == null ? null : Map.of("prefix", from);
        RouteRig rig = new RouteRig(route(path, "rewrite", Map.of("prefix", to)));
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", target));
        rig.request(exchange);
        assertThat(exchange.request().target()).isEqualTo(sent);
        assertThat(exchange.askedTarget()).as("what logs say").isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "/users/{id}, /people/{id}, /users/42?q, /people/42?q",
        "/users/{id}, /people/{id}, /users/%2541x, ",
        "/users/{id}, /people/{id}, /users/a%20b, /people/a%20b",
        "/a/{x}/{y}, /{y}/{x}, /a/1/2, /2/1",
        "/files/{p...}, /store/{p...}, /files/a/b/, /store/a/b/",
        "/files/{p...}, /store/{p...}, /files, /store",
        "/files/{p...}, /{p...}, /files, /",
        "/users/{id}, /all, /users/42, /all",
    })
    void templatesAreFilled(String from, String to, String target, @Nullable String sent) {
        RouteRig rig = new RouteRig(route(Map.of("template", from), "rewrite", Map.of("path", to)));
        if (sent == null) {
            assertThat(rig.refused(Heads.exchange(Heads.head("GET", "h", target)))).isNotNull();
        } else {
            assertThat(rig.sent(Heads.head("GET", "h", target)).target()).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'/(\\w+)/v(\\d+)', '/$2/$1', /shop/v7/x?q, /7/shop/x?q",
        "'/v\\d+', '', /v1/x, /x",
        "'none', 'x', /v1/x, /v1/x",
        "'x', '$$$0', /x, /$x",
        "'^.*$', 'x', /v1/x, ",
        "'x', '..', /a/x, ",
        "'x', '%2f', /a/x, ",
        "'a', '//', /a/x, ",
    })
    void expressionsReplaceWhatTheyFindFirst(
            String regex, String replacement, String target, @Nullable String sent) {
        RouteRig rig =
                new RouteRig(
                        route(null, "rewrite", Map.of("regex", regex, "replacement", replacement)));
        if (sent == null) {
            assertThat(rig.refused(Heads.exchange(Heads.head("GET", "h", target))))
                    .isInstanceOf(Failure.BadRequest.class);
        } else {
            assertThat(rig.sent(Heads.head("GET", "h", target)).target()).isEqualTo(sent);
        }
    }

    @Test
    void aRouteBoundsItsTimeAndItsTries() {
        RouteRig rig =
                new RouteRig(
                        Map.of(
                                "name",
                                "r",
                                "service",
                                "s",
                                "timeout",
                                "2s",
                                "retry",
                                Map.of("attempts", 0, "perTry", "300ms")));
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/"));
        rig.request(exchange);
        Deadline deadline = exchange.deadline();
        assertThat(deadline).isEqualTo(Deadline.after(2_000_000_000, 0));
        assertThat(exchange.tryLimit()).isEqualTo(new TryLimit(0, 300_000_000));
    }

    @Test
    void theHostIsReplacedTogetherWithItsField() {
        RouteRig rig = new RouteRig(route(null, "rewrite", Map.of("host", "inner.test:81")));
        RequestHead sent = rig.sent(Heads.head("GET", "h", "/x"));
        assertThat(sent.authority()).isEqualTo("inner.test:81");
        assertThat(sent.headers().all("host")).containsExactly("inner.test:81");
        assertThat(sent.target()).isEqualTo("/x");
    }

    @ParameterizedTest
    @CsvSource({
        "host, new.test, false, http://new.test/old/x?q=1",
        "host, new.test, true, https://new.test/old/x?q=1",
        "scheme, https, false, https://api.test/old/x?q=1",
        "port, 8443, true, https://api.test:8443/old/x?q=1",
        "prefix, /new, true, https://api.test:8080/new/x?q=1",
        "prefix, /, true, https://api.test:8080/x?q=1",
        "path, /all, true, https://api.test:8080/all?q=1",
    })
    void redirectsKeepWhatTheyDoNotChange(String key, String value, boolean tls, String location) {
        RouteRig rig =
                new RouteRig(route(Map.of("prefix", "/old"), "redirect", Map.of(key, value)));
        RequestHead head = Heads.head("GET", "api.test:8080", "/old/x?q=1");
        ResponseHead answer = rig.answered(Heads.exchange(head, tls));
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.headers().get("location")).isEqualTo(location);
    }

    @Test
    void aRedirectMayDropTheQueryAndFillATemplate() {
        RouteRig rig =
                new RouteRig(
                        route(
                                Map.of("template", "/u/{id}"),
                                "redirect",
                                Map.of("status", 308, "path", "/users/{id}", "query", false)));
        ResponseHead answer = rig.answered(Heads.exchange(Heads.head("PUT", "h", "/u/7?q"), true));
        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.headers().get("location")).isEqualTo("https://h/users/7");
    }

    /** The way to another site: a location that begins with two slashes names a host. */
    @Test
    void nobodyIsLedAstray() {
        RouteRig rig =
                new RouteRig(route(Map.of("prefix", "/old"), "redirect", Map.of("prefix", "/")));
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/old//evil.test/"), true);
        assertThat(rig.answered(exchange).headers().get("location"))
                .isEqualTo("https://h/evil.test/");
    }

    @Test
    void plainTextIsLedToTls() {
        RouteRig rig =
                new RouteRig(
                        Map.of(
                                "name",
                                "r",
                                "service",
                                "s",
                                "https",
                                Map.of("hsts", Map.of("includeSubdomains", true))));
        Exchange plain = Heads.exchange(Heads.head("POST", "h:80", "/x?q"));
        ResponseHead answer = rig.answered(plain);
        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.headers().get("location")).isEqualTo("https://h/x?q");
        assertThat(answer.headers().contains("strict-transport-security")).isFalse();
        Exchange balanced = Heads.exchange(Heads.head("GET", "h", "/x"));
        balanced.edge().https(true); // as the filter of trusted proxies says
        assertThat(rig.request(balanced)).isEqualTo(Verdict.CONTINUE);
        Exchange secure = Heads.exchange(Heads.head("GET", "h", "/x"), true);
        rig.request(secure);
        assertThat(
                        rig.response(secure, Heads.response(200))
                                .headers()
                                .all("strict-transport-security"))
                .containsExactly("max-age=31536000; includeSubDomains");
    }

    @ParameterizedTest
    @CsvSource({
        "rewrite, prefix, /x/{y}",
        "rewrite, prefix, x",
        "rewrite, path, /x/{y}",
        "rewrite, path, /../x",
        "rewrite, host, a b",
        "redirect, path, /{y}",
        "redirect, scheme, ftp",
        "redirect, host, 'a:1'",
        "redirect, status, 305",
        "redirect, port, 0",
    })
    void whatCannotBeMeantIsRefusedAtLoad(String how, String key, String value) {
        assertThatThrownBy(() -> new RouteRig(route(null, how, Map.of(key, value))))
                .isInstanceOf(RuntimeException.class)
                .hasMessageMatching("(?s).*[a-z]{3}.*");
        assertThatThrownBy(() ->
                        new RouteRig(route(Map.of("exact", "/x"), how, Map.of("prefix", "/y"))))
                .hasMessageContaining("'prefix'");
    }
}
