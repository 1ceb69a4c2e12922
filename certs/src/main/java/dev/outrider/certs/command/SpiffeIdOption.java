package dev.outrider.certs.command;

import dev.outrider.certs.SpiffeId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code spiffe://…}. */
public final class SpiffeIdOption implements ITypeConverter<SpiffeId> {
    @Override
    public SpiffeId convert(String value) {
        try {
            return SpiffeId.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
