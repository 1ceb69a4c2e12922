package dev.outrider.injector.webhook;

import dev.outrider.certs.Json;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request inside an {@code admission.k8s.io/v1} AdmissionReview.
 *
 * @param uid echoed in the answer
 * @param kind {@code v1.Pod}, or with a group {@code apps/v1.Deployment}
 * @param subResource empty for the object itself
 * @param namespace where the object will be; the object's own metadata may not say
 * @param object null for a deletion
 */
public record AdmissionReview(
        String uid,
        String kind,
        String operation,
        String subResource,
        String namespace,
        boolean dryRun,
        @Nullable Map<String, @Nullable Object> object) {
    public static final String VERSION = "admission.k8s.io/v1";

    private static final String KIND = "AdmissionReview";
    private static final int LONGEST_UID = 256;
    private static final int LONGEST_ECHO = 120;

    /** Reads what anybody may have sent. */
    public static AdmissionReview read(byte[] body) throws ReviewException {
        Map<String, @Nullable Object> review = json(body);
        requireVersion(text(review, "apiVersion", ""), text(review, "kind", ""));
        Map<String, @Nullable Object> request = object(review, "request");
        if (request == null) {
            throw ReviewException.malformed("the AdmissionReview has no request to answer");
        }
        String uid = text(request, "request.uid", "");
        if (uid.isEmpty() || uid.length() > LONGEST_UID) {
            throw ReviewException.malformed(
                    "request.uid must be a text of 1 to " + LONGEST_UID + " characters");
        }
        return new AdmissionReview(
                uid,
                kind(object(request, "request.kind")),
                text(request, "request.operation", ""),
                text(request, "request.subResource", ""),
                text(request, "request.namespace", ""),
                Boolean.TRUE.equals(member(request, "request.dryRun")),
                object(request, "request.object"));
    }

    private static Map<String, @Nullable Object> json(byte[] body) throws ReviewException {
        if (body.length == 0) {
            throw ReviewException.malformed("the body is empty; send an AdmissionReview");
        }
        try {
            return Json.object(body);
        } catch (IllegalArgumentException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            throw ReviewException.malformed("the body is " + e.getMessage() + ": " + cut(why));
        }
    }

    private static void requireVersion(String version, String kind) throws ReviewException {
        if (!kind.equals(KIND)) {
            throw ReviewException.malformed(
                    "the body is of kind '" + cut(kind) + "', not AdmissionReview");
        }
        if (!version.equals(VERSION)) {
            throw ReviewException.malformed(
                    "'"
                            + cut(version)
                            + "' is not spoken here; set admissionReviewVersions: [v1] in the"
                            + " webhook's configuration");
        }
    }

    private static String kind(@Nullable Map<String, @Nullable Object> kind)
            throws ReviewException {
        if (kind == null) {
            throw ReviewException.malformed("request.kind is missing");
        }
        String group = text(kind, "request.kind.group", "");
        return (group.isEmpty() ? "" : group + "/")
                + text(kind, "request.kind.version", "")
                + "."
                + text(kind, "request.kind.kind", "");
    }

    private static String text(Map<String, @Nullable Object> map, String path, String otherwise)
            throws ReviewException {
        return switch (member(map, path)) {
            case null -> otherwise;
            case String text -> text;
            default -> throw ReviewException.malformed(path + " must be a text");
        };
    }

    @SuppressWarnings("unchecked") // Json makes no other maps
    private static @Nullable Map<String, @Nullable Object> object(
            Map<String, @Nullable Object> map, String path) throws ReviewException {
        return switch (member(map, path)) {
            case null -> null;
            case Map<?, ?> object -> (Map<String, @Nullable Object>) object;
            default -> throw ReviewException.malformed(path + " must be an object");
        };
    }

    private static @Nullable Object member(Map<String, @Nullable Object> map, String path) {
        return map.get(path.substring(path.lastIndexOf('.') + 1));
    }

    private static String cut(Throwable why) {
        String message = String.valueOf(why.getMessage());
        int line = message.indexOf('\n');
        return cut(line < 0 ? message : message.substring(0, line));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_ECHO ? text : text.substring(0, LONGEST_ECHO) + "…";
    }
}
