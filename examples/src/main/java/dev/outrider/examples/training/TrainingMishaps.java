package dev.outrider.examples.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What goes wrong in every proxy's life: callers that leave, apps that fail, bodies that must wait.
 * A JVM that has never seen it compiles as if it could not happen, and throws hot code away when it
 * does; so it is taught too. Blocking, on a thread of its own, until it has had its turns.
 */
final class TrainingMishaps implements Runnable {
    private static final int LARGE = 256 * 1024;

    private final TrainingDoor door;
    private final String prefix;
    private final String fields;
    private final int turns;

    /**
     * @param prefix before every path, where the proxy takes it off
     * @param fields that every request has, such as who calls
     */
    TrainingMishaps(TrainingDoor door, String prefix, Map<String, String> fields, int turns) {
        this.door = door;
        this.prefix = prefix;
        this.fields =
                fields.entrySet().stream()
                        .map(field -> field.getKey() + ": " + field.getValue() + "\r\n")
                        .collect(Collectors.joining());
        this.turns = turns;
    }

    @Override
    public void run() {
        for (int i = 0; i < turns; i++) {
            exchange("GET", TrainingApp.MISSING, 0);
            exchange("GET", TrainingApp.BUSY, 0);
            exchange("POST", TrainingApp.BREAKING, 100);
            exchange("DELETE", "/refused/by/rules", 0);
            exchange("POST", TrainingApp.LARGE, LARGE);
            leaveWhileWaiting();
            leaveWhileSending();
        }
    }

    /** Over a connection of its own, which the answer closes. */
    private void exchange(String method, String path, int length) {
        try (Socket socket = door.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head(method, path, length, "Connection: close\r\n"));
            out.write(new byte[length]);
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[4096];
            while (in.read(piece) >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            // A mishap too.
        }
    }

    private void leaveWhileWaiting() {
        try (Socket socket = door.connect()) {
            socket.getOutputStream().write(head("GET", TrainingApp.SLOW, 0, ""));
            // The app's early hints, or a refusal: the request has come to somebody.
            var _ = socket.getInputStream().read();
        } catch (IOException e) {
            // As above.
        }
    }

    private void leaveWhileSending() {
        try (Socket socket = door.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head("POST", TrainingApp.LARGE, LARGE, ""));
            out.write(new byte[LARGE / 4]);
        } catch (IOException e) {
            // As above.
        }
    }

    private byte[] head(String method, String path, int length, String more) {
        return "%s %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n%s\r\n"
                .formatted(method, prefix + path, door.host(), fields, length, more)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
