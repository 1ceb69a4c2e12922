package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outrider.injector.Reviews;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AdmissionReviewTest {
    @ParameterizedTest
    @MethodSource("dev.outrider.injector.Reviews#names")
    void whatAnApiServerSendsIsUnderstood(String name) throws Exception {
        AdmissionReview review = read(Reviews.text(name));

        assertThat(review.uid()).matches("[0-9a-f-]{36}");
        assertThat(review.namespace()).isEqualTo("shop");
        assertThat(review.dryRun()).isEqualTo(name.endsWith("dry-run"));
        assertThat(review.object() == null).isEqualTo(name.equals("delete"));
    }

    @Test
    void theKindCarriesItsGroup() throws Exception {
        assertThat(read(Reviews.text("not-a-pod")).kind()).isEqualTo("apps/v1.Deployment");
        assertThat(read(Reviews.text("deployment")).kind()).isEqualTo("v1.Pod");
        assertThat(read(Reviews.text("ephemeral-containers")).subResource())
                .isEqualTo("ephemeralcontainers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    ``                                                        | the body is empty
                    `{`                                                       | not valid JSON
                    `[]`                                                      | no JSON object
                    `null`                                                    | no JSON object
                    `{} {}`                                                   | something follows
                    `{"kind":"AdmissionReview","kind":"Pod"}`                 | Duplicate field
                    `{"apiVersion":"v1","kind":"Pod"}`                        | of kind 'Pod', not AdmissionReview
                    `{"kind":"AdmissionReview"}`                              | is not spoken here; set admissionReviewVersions: [v1]
                    `{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}` | 'admission.k8s.io/v1beta1' is not spoken here
                    `{"apiVersion":7,"kind":"AdmissionReview"}`               | apiVersion must be a text
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}` | has no request
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]}` | request must be an object
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}` | request.uid must be a text
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":5}}` | request.uid must be a text
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u"}}` | request.kind is missing
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":"Pod"}}` | request.kind must be an object
                    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{},"object":"x"}}` | request.object must be an object
                    """)
    void whatIsNoReviewIsRefusedWithTheReason(String body, String reason) {
        assertThatThrownBy(() -> read(body == null ? "" : body))
                .isInstanceOf(ReviewException.class)
                .hasMessageContaining(reason);
        ReviewException e =
                catchThrowableOfType(ReviewException.class, () -> read(body == null ? "" : body));
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.reason()).isEqualTo("BadRequest");
    }

    @Test
    void whatNestsWithoutEndOrIsNoTextIsRefused() {
        String deep = "{\"a\":".repeat(100_000);
        assertThatThrownBy(() -> read(deep)).isInstanceOf(ReviewException.class);
        byte[] noText = {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'};
        assertThatThrownBy(() -> AdmissionReview.read(noText)).isInstanceOf(ReviewException.class);
    }

    @Test
    void longWordsAreNotEchoedInFull() {
        String kind = "x".repeat(100_000);
        assertThatThrownBy(() -> read("{\"kind\":\"" + kind + "\"}"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    private static AdmissionReview read(String text) throws ReviewException {
        return AdmissionReview.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
