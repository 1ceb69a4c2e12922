package dev.outrider.examples.service;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one of the services until the process is ended. */
@Command(
        name = "service",
        mixinStandardHelpOptions = true,
        description = "Runs one of the demo's services.")
public final class ServiceMain implements Callable<Integer> {
    enum Kind {
        web,
        orders,
        billing
    }

    @Parameters(paramLabel = "KIND", description = "Which one: ${COMPLETION-CANDIDATES}.")
    private Kind kind = Kind.web;

    @Option(names = "--port", required = true, description = "Loopback port it listens on.")
    private int port;

    @Option(names = "--sidecar", description = "Outbound port of its own sidecar.")
    private int sidecar;

    @Option(names = "--store", description = "Its database file.")
    private @Nullable Path store;

    @Option(names = "--instance", description = "The name billing signs invoices with.")
    private String instance = "billing";

    public static void main(String[] args) {
        int code = new CommandLine(new ServiceMain()).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws IOException {
        // The server's own thread keeps the process running; nothing needs closing before its end.
        HttpService service = new HttpService(port, handler());
        System.err.println(kind + " listening on 127.0.0.1:" + service.port());
        return 0;
    }

    private HttpService.Handler handler() throws IOException {
        return switch (kind) {
            case web -> new WebService(neighbours(), new SecureRandom());
            case orders ->
                    new OrdersService(new OrderStore(database(OrderStore.SCHEMA)), neighbours());
            case billing ->
                    new BillingService(instance, new InvoiceStore(database(InvoiceStore.SCHEMA)));
        };
    }

    private Neighbours neighbours() {
        return new Neighbours(sidecar);
    }

    private Database database(String schema) throws IOException {
        if (store == null) {
            throw new IllegalArgumentException(kind + " needs --store FILE");
        }
        return new Database(store, schema);
    }
}
