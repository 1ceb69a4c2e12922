package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.aside.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A sidecar to look at: its state is set by the test, and what was done to it is written down. */
final class FakeSidecar implements BreakerSwitches, LogLevels, Lifecycle {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final AtomicBoolean live = new AtomicBoolean(true);
    final AtomicReference<Readiness> ready =
            new AtomicReference<>(
                    new Readiness(List.of(new Readiness.Check("identity", true, "valid"))));
    final AtomicReference<String> metrics = new AtomicReference<>("up 1\n");
    final AtomicReference<Object> config = new AtomicReference<>(Map.of("name", "web"));
    final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private final Map<String, String> levels = new ConcurrentHashMap<>(Map.of("ROOT", "INFO"));

    AdminViews views() {
        return new AdminViews(
                live::get,
                ready::get,
                accept -> new MetricsView.Page("text/plain; of=" + accept, metrics.get()),
                config::get,
                () ->
                        new ServicesView(
                                List.of(
                                        new ServiceView(
                                                "billing",
                                                3,
                                                0,
                                                "",
                                                List.of(
                                                        new ServiceView.EndpointView(
                                                                "10.0.0.1:80",
                                                                1,
                                                                "healthy",
                                                                true,
                                                                3,
                                                                1.25,
                                                                2,
                                                                4)))),
                                4900),
                () ->
                        new KubernetesView(
                                "shop",
                                "eu-1",
                                1,
                                List.of(
                                        new KubernetesView.KnownService(
                                                "billing.shop", "meshed", "billing", 3, "<late>"))),
                () -> List.of(new ListenerView("inbound", "0.0.0.0:15006", "open", 7)),
                () ->
                        List.of(
                                new CertificateView(
                                        "identity",
                                        "spiffe://x/ns/a/sa/b",
                                        "CN=ca",
                                        "01",
                                        START,
                                        START.plusSeconds(60),
                                        "renewed at half time")),
                () ->
                        new ServerInfo(
                                "0.1.0",
                                "sidecar",
                                "live",
                                START,
                                Duration.ofMinutes(2),
                                Map.of("note", "<script>alert('x')</script>")),
                this,
                this,
                this,
                null);
    }

    @Override
    public List<BreakerView> list() {
        return List.of(new BreakerView("billing|10.0.0.1:80", "closed", 20, 1, 0));
    }

    @Override
    public boolean change(String name, Action action) {
        done.add(name + " " + action);
        return name.equals("billing|10.0.0.1:80");
    }

    @Override
    public Map<String, String> levels() {
        return levels;
    }

    @Override
    public void set(String logger, String level) {
        if (!level.equals("debug")) {
            throw new IllegalArgumentException("expected a level");
        }
        levels.put(logger, level);
    }

    @Override
    public void drain() {
        done.add("drain");
    }

    @Override
    public void shutdown() {
        done.add("shutdown");
    }

    @Override
    public Reloaded reload() {
        return new Reloaded(true, "in force");
    }

    @Override
    public void reopenLogs() {
        done.add("reopen");
    }
}
