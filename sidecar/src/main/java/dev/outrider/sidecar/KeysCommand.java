package dev.outrider.sidecar;

import dev.outrider.certs.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code outrider keys}: the API keys of callers from outside. */
@Command(
        name = "keys",
        description = {
            "Makes, lists and ends API keys for callers from outside.",
            "",
            "A key is ork_<id>_<secret>. The id is public and names the key here and in logs; of the"
                    + " rest only a hash is kept, so a key is shown once, when it is made, and never"
                    + " again. Callers send it as X-Api-Key, or as 'Authorization: ApiKey <key>'."
        },
        subcommands = {
            KeysCommand.Create.class,
            KeysCommand.ListAll.class,
            KeysCommand.Show.class,
            KeysCommand.Rotate.class,
            KeysCommand.Expire.class,
            KeysCommand.Revoke.class
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Keys are kept in a file, or in Redis when several edges share them. Name the file, or the"
                    + " admin port of a running edge:",
            "  outrider keys create --file keys.json --owner acme --tier gold --scope orders:read",
            "  outrider keys list --admin 127.0.0.1:15000",
            "  outrider keys rotate --file keys.json --overlap 48h 0a1B2c3D4e5F",
            "  outrider keys revoke --file keys.json 0a1B2c3D4e5F",
            "",
            "A change acts within a second or two, at every edge. Exit code: 0 done, 1 failed, 2 wrong."
        })
final class KeysCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "do what with the keys? create, list, show, rotate, expire or revoke");
    }

    /** What all have in common: the way to the keys, and how the answer is shown. */
    abstract static class Task implements Callable<Integer> {
        @Mixin private KeyDoor door = new KeyDoor();

        @Option(names = "--json", description = "print JSON, for scripts")
        private boolean json;

        @Spec private @Nullable CommandSpec spec;

        private final String verb;

        Task(String verb) {
            this.verb = verb;
        }

        String id() {
            return "";
        }

        /** Tells what was asked for besides, null where nothing was. */
        void options(BiConsumer<String, @Nullable String> told) {}

        private Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            options((name, value) -> {
                if (value != null) {
                    query.put(name, value);
                }
            });
            return query;
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            try {
                Map<String, @Nullable Object> answer = door.ask(verb, id(), query());
                if (json) {
                    line.getOut().print(Json.writeIndented(answer));
                } else {
                    show(answer, line.getOut(), line.getErr());
                }
                line.getOut().flush();
                return 0;
            } catch (IllegalArgumentException e) {
                line.getErr().println("outrider: " + e.getMessage());
                return 2;
            }
        }

        void show(Map<String, @Nullable Object> answer, PrintWriter out, PrintWriter err) {
            if (answer.containsKey("key")) {
                showOnce(answer, out, err);
            } else {
                answer.forEach((name, value) -> out.printf("%-12s %s%n", name, words(value)));
            }
        }
    }

    /** The key alone goes to standard output, so that a script can keep it and nothing else. */
    private static void showOnce(
            Map<String, @Nullable Object> answer, PrintWriter out, PrintWriter err) {
        out.println(words(answer.get("key")));
        out.flush();
        err.println(
                "Key "
                        + words(answer.get("id"))
                        + " of "
                        + words(answer.get("owner"))
                        + (answer.get("expires") == null
                                ? ""
                                : ", until " + words(answer.get("expires")))
                        + ". It is shown this once; nobody can show it again.");
    }

    private static String words(@Nullable Object value) {
        if (value instanceof List<?> names) {
            return String.join(",", names.stream().map(String::valueOf).toList());
        }
        return value == null ? "" : value.toString();
    }

    @Command(
            name = "create",
            description = "Makes a key and shows it, once.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "The key goes to standard output, what is said of it to standard error:",
                "  outrider keys create -f keys.json --owner acme --expires-in 90d > acme.key"
            })
    static final class Create extends Task {
        @Option(names = "--owner", required = true, description = "whom calls with it are from")
        private @Nullable String owner;

        @Option(names = "--tier", description = "the subscription that limits go by")
        private @Nullable String tier;

        @Option(
                names = "--scope",
                split = ",",
                description = "what it may do; may be given several times")
        private List<String> scopes = new ArrayList<>();

        @Option(
                names = "--role",
                split = ",",
                description = "a role it has; may be given several times")
        private List<String> roles = new ArrayList<>();

        @Option(names = "--tenant", description = "the customer it belongs to")
        private @Nullable String tenant;

        @Option(
                names = "--expires-in",
                paramLabel = "TIME",
                description = "ends by itself after 30s, 10m, 24h or 90d; for good without")
        private @Nullable String expiresIn;

        Create() {
            super("create");
        }

        @Override
        void options(BiConsumer<String, @Nullable String> told) {
            told.accept("owner", owner);
            told.accept("tier", tier);
            told.accept("scopes", scopes.isEmpty() ? null : String.join(",", scopes));
            told.accept("roles", roles.isEmpty() ? null : String.join(",", roles));
            told.accept("tenant", tenant);
            told.accept("expires-in", expiresIn);
        }
    }

    @Command(
            name = "list",
            description = "Lists all keys, also those that ended in the last 90 days.",
            mixinStandardHelpOptions = true)
    static final class ListAll extends Task {
        private static final String ROW = "%-12s  %-7s  %-20s  %-10s  %-12s  %-20s  %s%n";

        ListAll() {
            super("list");
        }

        @Override
        void show(Map<String, @Nullable Object> answer, PrintWriter out, PrintWriter err) {
            out.printf(ROW, "ID", "STATE", "OWNER", "TIER", "TENANT", "EXPIRES", "SCOPES");
            if (answer.get("keys") instanceof List<?> keys) {
                for (Object each : keys) {
                    if (each instanceof Map<?, ?> key) {
                        out.printf(
                                ROW,
                                words(key.get("id")),
                                words(key.get("state")),
                                words(key.get("owner")),
                                words(key.get("tier")),
                                words(key.get("tenant")),
                                words(key.get("expires")),
                                words(key.get("scopes")));
                    }
                }
            }
        }
    }

    /** A task on one key. */
    abstract static class OnOne extends Task {
        @Parameters(paramLabel = "ID", description = "the key's id, as list shows it")
        private @Nullable String id;

        OnOne(String verb) {
            super(verb);
        }

        @Override
        String id() {
            return Objects.requireNonNull(id);
        }
    }

    @Command(
            name = "show",
            description = "Shows what is known of a key; not the key.",
            mixinStandardHelpOptions = true)
    static final class Show extends OnOne {
        Show() {
            super("show");
        }
    }

    @Command(
            name = "rotate",
            description = {
                "Makes a new key in the place of one, with the same owner, scopes and so on, and shows"
                        + " it, once. The old one still holds for a while, so that its callers can"
                        + " change over."
            },
            mixinStandardHelpOptions = true)
    static final class Rotate extends OnOne {
        @Option(
                names = "--overlap",
                paramLabel = "TIME",
                description =
                        "how long the old key still holds; 24h unless said, 0s for not at all")
        private @Nullable String overlap;

        @Option(
                names = "--expires-in",
                paramLabel = "TIME",
                description = "when the new key ends by itself; as long after now as the old one's")
        private @Nullable String expiresIn;

        Rotate() {
            super("rotate");
        }

        @Override
        void options(BiConsumer<String, @Nullable String> told) {
            told.accept("overlap", overlap);
            told.accept("expires-in", expiresIn);
        }
    }

    @Command(
            name = "expire",
            description = "Sets when a key ends by itself.",
            mixinStandardHelpOptions = true)
    static final class Expire extends OnOne {
        @Option(
                names = "--in",
                required = true,
                paramLabel = "TIME",
                description = "after 30s, 10m, 24h or 90d, or 'never'")
        private @Nullable String in;

        Expire() {
            super("expire");
        }

        @Override
        void options(BiConsumer<String, @Nullable String> told) {
            told.accept("in", in);
        }
    }

    @Command(
            name = "revoke",
            description = "Ends a key at once and for good.",
            mixinStandardHelpOptions = true)
    static final class Revoke extends OnOne {
        Revoke() {
            super("revoke");
        }
    }
}
