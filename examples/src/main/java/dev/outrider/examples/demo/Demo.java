package dev.outrider.examples.demo;

import dev.outrider.examples.mesh.Http;
import dev.outrider.examples.mesh.Mesh;
import dev.outrider.examples.mesh.Programs;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Ports;
import dev.outrider.examples.story.Act;
import dev.outrider.examples.story.Screen;
import dev.outrider.examples.story.Story;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Starts the mesh, plays the story and shows what each hop saw. */
public final class Demo implements AutoCloseable {
    private final Path directory;
    private final Path zipkin;
    private final Screen screen;
    private final Story story;
    private final Ticker ticker;
    private final Family family;
    private final Http http;
    private final Mesh mesh;
    private final Stage stage;

    public Demo(Path directory, Ports ports, Path zipkin, PrintWriter out, boolean coloured)
            throws IOException {
        this.directory = directory;
        this.zipkin = zipkin;
        this.screen = new Screen(out, coloured);
        this.ticker = Ticker.system();
        this.story = new Story(screen, ticker);
        this.family = new Family(directory);
        this.http = new Http(ticker);
        Patience patience = new Patience(ticker);
        this.mesh = new Mesh(directory, ports, Programs.ofThisProcess(), family, patience, http);
        this.stage = new Stage(mesh, http, patience, ticker);
    }

    /** Gives false when any step was not as expected. */
    public boolean play() throws IOException, InterruptedException {
        long started = ticker.nanos();
        start();
        WholeTrace trace = new WholeTrace();
        List<Act<Stage>> acts =
                List.of(
                        new NormalCall(),
                        new SlowBilling(),
                        new KilledBilling(),
                        new BillingBack(),
                        Strangers.NOBODY,
                        Strangers.NOT_ALLOWED,
                        Strangers.THIEF,
                        new RenewedCertificate(),
                        new FrontDoor(),
                        trace);
        int bad = story.play(acts, stage);
        bad += unexpectedEnds();
        screen.heading("What each hop saw");
        screen.table(HopTable.rows(stage));
        screen.line("");
        screen.line("Zipkin: " + trace.shown());
        screen.line(
                "%s %d of %d steps as expected, %s in all; configurations and logs: %s"
                        .formatted(
                                screen.mark(bad == 0),
                                acts.size() - Math.min(bad, acts.size()),
                                acts.size(),
                                story.since(started),
                                directory));
        return bad == 0;
    }

    /** What a person can try while everything runs. */
    public void invite() {
        screen.heading("It keeps running until Ctrl-C. Try:");
        screen.line(
                "  curl -i %s -d '{\"item\":\"tea\",\"cents\":499}'"
                        .formatted(mesh.door().resolve("/orders")));
        screen.line(
                "  curl %s -d '{\"millis\":2000}'"
                        .formatted(mesh.app(Workload.BILLING_1).resolve("/control/slow")));
        screen.line("  curl " + mesh.admin(Workload.ORDERS).resolve("/breakers"));
        screen.line("  tail -f " + directory.resolve("orders-access.jsonl"));
    }

    /** Ends every process. Any thread, any number of times. */
    @Override
    public void close() {
        family.close();
        http.close();
    }

    /** All at once, since each needs time more than it needs the others; only the CA goes ahead. */
    private void start() throws IOException, InterruptedException {
        screen.heading("Starting CA, Zipkin, 4 services, 4 sidecars and an edge in " + directory);
        mesh.startZipkin(zipkin);
        mesh.startCa();
        story.ready("ca", mesh::awaitCa);
        for (Workload workload : Workload.ALL) {
            mesh.startService(workload);
            mesh.startSidecar(workload);
        }
        mesh.startEdge();
        for (Workload workload : Workload.ALL) {
            story.ready(workload.instance(), () -> mesh.awaitService(workload));
            story.ready(workload.sidecar(), () -> mesh.awaitSidecar(workload));
        }
        story.ready("edge", mesh::awaitEdge);
        story.ready("zipkin", mesh::awaitZipkin);
    }

    private int unexpectedEnds() {
        List<Child> ended = family.ended();
        for (Child child : ended) {
            screen.verdict(false, child.name() + " ended by itself; its log ends with:");
            screen.line(child.lastWords());
        }
        return ended.size();
    }
}
