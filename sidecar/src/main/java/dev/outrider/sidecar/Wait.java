package dev.outrider.sidecar;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code outrider wait}: holds the containers of a pod back until the proxy is ready. It runs
 * beside the proxy, in the memory that the proxy has, so it needs nothing but the JDK's base and
 * one jar: no logging, no picocli, no JSON.
 */
public final class Wait {
    private static final String USAGE =
            """
            Usage: outrider wait [--port=PORT] [--timeout=DURATION]
            Waits until the proxy of this pod is ready, as its pod port says.
                  --port=PORT          the pod port on 127.0.0.1 (15020)
                  --timeout=DURATION   how long to wait, such as 90s or 10m (60s)
            Exit code: 0 ready, 1 not in time, 2 wrong usage.
            """;

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m)");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int ANSWER_MILLIS = 5_000;
    private static final int MOST_READ = 16 * 1024;

    private int port = 15020;
    private Duration timeout = Duration.ofSeconds(60);

    /** What hinders, as the last look showed it. */
    private String trouble = "";

    private Wait() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err)
            throws InterruptedException {
        Wait wait = new Wait();
        int first = arguments.length > 0 && arguments[0].equals("wait") ? 1 : 0;
        try {
            for (int i = first; i < arguments.length; i++) {
                if (arguments[i].equals("--help") || arguments[i].equals("-h")) {
                    out.print(USAGE);
                    return 0;
                }
                int equals = arguments[i].indexOf('=');
                if (equals > 0) {
                    wait.option(
                            arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
                } else if (i + 1 < arguments.length) {
                    wait.option(arguments[i], arguments[++i]);
                } else {
                    throw new IllegalArgumentException("unknown: " + arguments[i]);
                }
            }
        } catch (IllegalArgumentException e) {
            err.println("outrider wait: " + e.getMessage());
            err.print(USAGE);
            return 2;
        }
        return wait.run(err);
    }

    private void option(String name, String value) {
        switch (name) {
            case "--port" -> {
                port = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
                if (port < 1 || port > 65535) {
                    throw new IllegalArgumentException("'" + value + "' is no port");
                }
            }
            case "--timeout" -> timeout = duration(value);
            default -> throw new IllegalArgumentException("unknown: " + name);
        }
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration such as 90s");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private int run(PrintStream err) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (!ready()) {
            if (end - System.nanoTime() <= 0) {
                err.println(
                        "outrider wait: the proxy was not ready within "
                                + timeout.toMillis()
                                + " ms: "
                                + trouble);
                return 1;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return 0;
    }

    private boolean ready() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream()
                    .write(
                            "GET /ready HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = socket.getInputStream().readNBytes(MOST_READ);
            String answer = new String(bytes, StandardCharsets.UTF_8);
            int body = answer.indexOf("\r\n\r\n");
            trouble = body < 0 ? "no answer from port " + port : answer.substring(body).strip();
            return answer.startsWith("HTTP/1.1 200 ");
        } catch (ConnectException e) {
            trouble = "nobody listens on port " + port + " yet; is pod.listen configured?";
        } catch (IOException e) {
            trouble = "port " + port + ": " + e.getMessage();
        }
        return false;
    }
}
