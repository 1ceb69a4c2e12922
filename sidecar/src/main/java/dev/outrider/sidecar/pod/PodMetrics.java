package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.observe.Gauges;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page of metrics. The app is asked first, and the page has the format it answered in; without
 * an answer, or with one that a scraper would refuse, the page is the sidecar's own part. Any
 * thread, which waits for the app.
 */
final class PodMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PodMetrics.class);
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String TEXT = "text/plain";

    /** As many pages at a time as memory is for, until the scraper has taken them. */
    private static final int MOST_PAGES = 2;

    private final MetricsView own;
    private final AppCalls calls;
    private final Ticker ticker;
    private final Gauges gauges;
    private final LongConsumer leftOut;
    private final Semaphore places = new Semaphore(MOST_PAGES);

    /** Empty when all is well, or before the first. */
    private final AtomicReference<String> trouble = new AtomicReference<>("");

    private volatile boolean up;

    /** The app's part. */
    private record Part(Exposition page, boolean open) {}

    PodMetrics(MetricsView own, AppCalls calls, Ticker ticker, Gauges gauges) {
        this.own = own;
        this.calls = calls;
        this.ticker = ticker;
        this.gauges = gauges;
        this.leftOut =
                gauges.counter(
                        "outrider_app_metrics_dropped",
                        "Families of the app that a page left out, since their names are the mesh's",
                        Map.of());
        gauges.gauge(
                "outrider_app_metrics_up",
                "Whether the app's metrics were in the last page",
                Map.of(),
                () -> up ? 1 : 0);
    }

    PortResponse page(PodConfig config, String accept) {
        AppMetricsConfig app = config.metrics();
        if (app == null) {
            up = false;
            return own(accept);
        }
        if (!place(app)) {
            count("busy");
            return own(accept);
        }
        boolean given = false;
        try {
            PortResponse page = page(app, config.address(), accept);
            given = true;
            return page.then(places::release);
        } finally {
            if (!given) {
                places.release();
            }
        }
    }

    private boolean place(AppMetricsConfig app) {
        try {
            return places.tryAcquire(app.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private PortResponse own(String accept) {
        MetricsView.Page page = own.scrape(accept);
        return new PortResponse(200, page.contentType(), page.text());
    }

    private PortResponse page(AppMetricsConfig app, InetAddress address, String accept) {
        Part part = part(app, address, accept.contains(OPEN_METRICS));
        if (part == null) {
            return own(accept);
        }
        MetricsView.Page ours = own.scrape(part.open ? OPEN_METRICS : "");
        try {
            byte[] text = ours.text().getBytes(StandardCharsets.UTF_8);
            MergedPage.Page page =
                    MergedPage.of(Exposition.parse(text, part.open), part.page, part.open);
            leftOut.accept(page.leftOut());
            return new PortResponse(200, ours.contentType(), page.text());
        } catch (MalformedMetricsException e) {
            LOG.error("the sidecar's own metrics are malformed: a bug, please report it", e);
            return own(accept);
        }
    }

    /** Null if it cannot be had. */
    private @Nullable Part part(AppMetricsConfig app, InetAddress address, boolean open) {
        try {
            HttpReply reply = ask(app, address, open);
            if (reply.status() != 200) {
                return failed("status", "status " + reply.status());
            }
            String type = reply.field("content-type").toLowerCase(Locale.ROOT);
            boolean answered = type.startsWith(OPEN_METRICS);
            boolean plain = type.isEmpty() || type.startsWith(TEXT);
            if (!reply.field("content-encoding").isEmpty() || !plain && !(answered && open)) {
                return failed("format", "it has the type '" + type + "', which was not asked for");
            }
            Part part = new Part(Exposition.parse(reply.body(), answered), answered);
            up = true;
            count("ok");
            if (!trouble.getAndSet("").isEmpty()) {
                LOG.info("the app's metrics are there again");
            }
            return part;
        } catch (MalformedMetricsException e) {
            return failed("malformed", String.valueOf(e.getMessage()));
        } catch (HttpReply.TooLongException e) {
            return failed("size", e.getMessage() + "; see pod.metrics.maxSize");
        } catch (SocketTimeoutException e) {
            return failed("timeout", Probes.sentence(e, app.timeout()));
        } catch (ConnectException e) {
            return failed("refused", Probes.sentence(e, app.timeout()));
        } catch (IOException e) {
            return failed("broken", Probes.sentence(e, app.timeout()));
        }
    }

    private HttpReply ask(AppMetricsConfig app, InetAddress address, boolean open)
            throws IOException {
        String accept = TEXT + ";version=0.0.4";
        Map<String, List<String>> fields =
                Map.of(
                        "Accept",
                        List.of(
                                open
                                        ? OPEN_METRICS + ";version=1.0.0," + accept + ";q=0.5"
                                        : accept),
                        "User-Agent",
                        List.of("outrider"),
                        "X-Prometheus-Scrape-Timeout-Seconds",
                        List.of(Double.toString(app.timeout().toMillis() / 1e3)));
        HttpTarget target =
                HttpTarget.of(app.scheme(), address.getHostAddress(), app.port(), app.path());
        return new HttpWalk(calls, address, fields, ticker)
                .get(
                        target,
                        target.authority(),
                        app.timeout(),
                        new HttpWalk.Wanted((int) app.maxSize(), true));
    }

    private @Nullable Part failed(String outcome, String sentence) {
        up = false;
        count(outcome);
        if (!trouble.getAndSet(outcome).equals(outcome)) {
            LOG.warn("the app's metrics are not told: {}", sentence);
        }
        return null;
    }

    private void count(String outcome) {
        gauges.counter(
                        "outrider_app_scrapes",
                        "Requests for the app's metrics, by what became of them",
                        Map.of("outcome", outcome))
                .accept(1);
    }
}
