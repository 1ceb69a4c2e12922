package dev.outrider.injector.manifest.text;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** From the parser's places, in code points, to offsets in the text. */
final class Marks {
    private final int shift;

    /** The offset of each code point; empty if all are one char. */
    private final int[] offsets;

    Marks(String yaml, int shift) {
        this.shift = shift;
        int points = yaml.codePointCount(0, yaml.length());
        offsets = points == yaml.length() ? new int[0] : new int[points + 1];
        for (int point = 0, at = 0; point < offsets.length; point++) {
            offsets[point] = at;
            at += at < yaml.length() ? Character.charCount(yaml.codePointAt(at)) : 0;
        }
    }

    int offset(Optional<Mark> mark) {
        return offset(mark.map(Mark::getIndex).orElse(0));
    }

    int offset(int point) {
        return shift + (offsets.length == 0 ? point : offsets[Math.min(point, offsets.length - 1)]);
    }
}
