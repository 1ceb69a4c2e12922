package dev.outrider.sidecar.body;

import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the bodies of a route.
 *
 * @param maxBody of requests; null for what the listener allows
 */
public record BodyConfig(
        @Nullable Long maxBody,
        @Nullable RemoveFieldsConfig removeRequestFields,
        @Nullable RemoveFieldsConfig removeResponseFields,
        @Nullable MirrorConfig mirror) {
    public static final BodyConfig NONE = new BodyConfig(null, null, null, null);

    public static final Schema<BodyConfig> SCHEMA =
            Schema.record("BodyConfig", "What becomes of the bodies of a route.", BodyConfig::of);

    /** Asks for its fields, for a record that has further ones beside them. */
    public static BodyConfig of(Fields f) {
        return new BodyConfig(
                f.nullable(
                        "maxBody",
                        Schemas.size(),
                        "the largest request body, else the listener's; larger ones get 413"),
                f.nullable(
                        "removeRequestFields",
                        RemoveFieldsConfig.SCHEMA,
                        "fields that JSON requests lose"),
                f.nullable(
                        "removeResponseFields",
                        RemoveFieldsConfig.SCHEMA,
                        "fields that JSON responses lose"),
                f.nullable("mirror", MirrorConfig.SCHEMA, "who gets copies of the requests"));
    }

    /** The filters that go before authentication. */
    public List<RequestFilter> first() {
        return maxBody == null ? List.of() : List.of(new BodyLimitFilter(maxBody));
    }

    /**
     * The filters that go behind the rewrite, above {@link MirrorFilter} and the identity token.
     */
    public List<RequestFilter> last() {
        return removeRequestFields == null
                ? List.of()
                : List.of(new RequestFieldsFilter(removeRequestFields));
    }

    /** The route's upstream, with what has to stand before it. */
    public Upstream upstream(Upstream upstream) {
        return removeResponseFields == null
                ? upstream
                : new ResponseFields(removeResponseFields, upstream);
    }
}
