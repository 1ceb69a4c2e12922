package dev.outrider.examples.demo;

import dev.outrider.examples.mesh.Http.Answer;
import dev.outrider.examples.story.Act;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Customers from outside, each with an API key of a tier. */
final class FrontDoor implements Act<Stage> {
    private static final int AT_ONCE = 12;
    private static final int BURST = 3;
    private static final int WAITING = 2;
    private static final Duration KNOWN = Duration.ofSeconds(20);

    @Override
    public String title() {
        return "Customers at the front door";
    }

    @Override
    public String does() {
        return "two customers get API keys at the edge's admin port; both order 12 times at once";
    }

    @Override
    public String expects() {
        return "without a key 401; the small one's orders pass as far as its quota goes, two after"
                + " a wait, the rest get 429; all of the gold one's pass";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        Answer stranger = order(stage, null);
        seen.check(
                stranger.status() == 401,
                "without a key: %d, %s"
                        .formatted(stranger.status(), stranger.header("www-authenticate")));
        List<Answer> small = orders(stage, key(stage, "corner-shop", "small"));
        List<Answer> refused = small.stream().filter(each -> each.status() == 429).toList();
        long passed = small.stream().filter(each -> each.status() == 200).count();
        long waited =
                small.stream().filter(each -> each.status() == 200 && each.millis() > 500).count();
        // A slow machine takes time over twelve calls, and the quota gives one back each second.
        seen.check(
                passed >= BURST + WAITING
                        && refused.size() + passed == AT_ONCE
                        && !refused.isEmpty(),
                "small: %d of %d passed, %d of them after a wait; %d got 429"
                        .formatted(passed, AT_ONCE, waited, refused.size()));
        if (!refused.isEmpty()) {
            Answer one = refused.getFirst();
            seen.check(
                    !one.header("retry-after").isEmpty() && !one.header("ratelimit").isEmpty(),
                    "RateLimit: %s  RateLimit-Policy: %s  Retry-After: %s"
                            .formatted(
                                    one.header("ratelimit"),
                                    one.header("ratelimit-policy"),
                                    one.header("retry-after")));
        }
        List<Answer> gold = orders(stage, key(stage, "department-store", "gold"));
        seen.check(
                gold.stream().allMatch(each -> each.status() == 200),
                "gold: %d of %d passed, RateLimit-Policy: %s"
                        .formatted(
                                gold.stream().filter(each -> each.status() == 200).count(),
                                AT_ONCE,
                                gold.getFirst().header("ratelimit-policy")));
    }

    /** Made at the admin port; seen once, here. */
    private static String key(Stage stage, String owner, String tier) throws Exception {
        Answer made =
                stage.http()
                        .send(
                                HttpRequest.newBuilder(
                                                stage.mesh()
                                                        .edgeAdmin()
                                                        .resolve(
                                                                "/keys?owner="
                                                                        + owner
                                                                        + "&tier="
                                                                        + tier))
                                        .POST(BodyPublishers.noBody()));
        String key = made.json().path("key").asText();
        if (made.status() != 200 || key.isEmpty()) {
            throw new IOException("no key was made: " + made.response().body());
        }
        return stage.patience()
                .await(
                        "the edge to know the key of " + owner,
                        KNOWN,
                        () -> welcome(stage, key) ? Optional.of(key) : Optional.empty());
    }

    /** Costs nothing of the quota. */
    private static boolean welcome(Stage stage, String key) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(stage.mesh().edge().resolve("/welcome"))
                        .header("X-Api-Key", key);
        return stage.http().send(request).status() == 200;
    }

    private static List<Answer> orders(Stage stage, String key) throws Exception {
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                calls.add(() -> order(stage, key));
            }
            for (Future<Answer> each : threads.invokeAll(calls)) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    private static Answer order(Stage stage, @Nullable String key) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(stage.mesh().edge().resolve("/orders"))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString("{\"item\":\"tea\",\"cents\":499}"));
        if (key != null) {
            request.header("X-Api-Key", key);
        }
        return stage.http().send(request);
    }
}
