package dev.outrider.injector.webhook;

import dev.outrider.certs.Json;
import dev.outrider.injector.patch.PatchOperation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents that go back. */
final class Answers {
    /** The API server cuts a longer one, and cuts all together at 4096. */
    private static final int LONGEST_WARNING = 256;

    private static final int MOST_WARNINGS = 15;

    private Answers() {}

    static String allowed(String uid, List<String> warnings) {
        return review(response(uid, true, warnings));
    }

    static String patched(String uid, List<PatchOperation> operations, List<String> warnings) {
        Map<String, @Nullable Object> response = response(uid, true, warnings);
        if (!operations.isEmpty()) {
            String patch = Json.write(operations.stream().map(PatchOperation::json).toList());
            response.put("patchType", "JSONPatch");
            response.put(
                    "patch",
                    Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8)));
        }
        return review(response);
    }

    /** The API server puts the webhook's name in front of the message, and hands it to the user. */
    static String denied(String uid, int code, String reason, String message) {
        Map<String, @Nullable Object> response = response(uid, false, List.of());
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("status", "Failure");
        status.put("code", code);
        status.put("reason", reason);
        status.put("message", message);
        response.put("status", status);
        return review(response);
    }

    /** What is not even a review, in the form the API server's own client understands. */
    static String status(int code, String reason, String message) {
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("apiVersion", "v1");
        status.put("kind", "Status");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", reason);
        status.put("code", code);
        return Json.write(status);
    }

    private static Map<String, @Nullable Object> response(
            String uid, boolean allowed, List<String> warnings) {
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        response.put("uid", uid);
        response.put("allowed", allowed);
        if (!warnings.isEmpty()) {
            response.put(
                    "warnings",
                    warnings.stream().limit(MOST_WARNINGS).map(Answers::warning).toList());
        }
        return response;
    }

    private static String review(Map<String, @Nullable Object> response) {
        Map<String, @Nullable Object> review = new LinkedHashMap<>();
        review.put("apiVersion", AdmissionReview.VERSION);
        review.put("kind", "AdmissionReview");
        review.put("response", response);
        return Json.write(review);
    }

    /** It becomes a header of HTTP, where control characters would lose it. */
    private static String warning(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST_WARNING
                ? line
                : line.substring(0, LONGEST_WARNING - 1) + "…";
    }
}
