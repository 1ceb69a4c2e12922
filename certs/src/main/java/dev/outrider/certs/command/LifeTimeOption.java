package dev.outrider.certs.command;

import dev.outrider.certs.LifeTime;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 24h} and the like. */
public final class LifeTimeOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
        try {
            return LifeTime.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
