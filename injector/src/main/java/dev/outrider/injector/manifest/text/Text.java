package dev.outrider.injector.manifest.text;

/** A text by its lines. */
public record Text(String chars, String eol) {
    /** The lines that are added end as the first one does. */
    public static Text of(String chars) {
        int feed = chars.indexOf('\n');
        return new Text(chars, feed > 0 && chars.charAt(feed - 1) == '\r' ? "\r\n" : "\n");
    }

    /** From 1. */
    public int line(int offset) {
        int line = 1;
        for (int at = chars.indexOf('\n');
                at >= 0 && at < offset;
                at = chars.indexOf('\n', at + 1)) {
            line++;
        }
        return line;
    }

    /** From 0, in characters as people count them. */
    public int column(int offset) {
        return chars.codePointCount(Math.min(lineStart(offset), offset), offset);
    }

    /** A byte order mark is in no line. */
    public int lineStart(int offset) {
        int start = chars.lastIndexOf('\n', offset - 1) + 1;
        return start == 0 ? top() : start;
    }

    /** Where the first line starts. */
    int top() {
        return chars.startsWith("\uFEFF") ? 1 : 0;
    }

    /** Behind the line's end, or the end of the text. */
    public int nextLine(int offset) {
        int feed = chars.indexOf('\n', offset);
        return feed < 0 ? chars.length() : feed + 1;
    }

    /** The end of what can be seen of the line. */
    int lineEnd(int offset) {
        int feed = chars.indexOf('\n', offset);
        if (feed < 0) {
            return chars.length();
        }
        return feed > offset && chars.charAt(feed - 1) == '\r' ? feed - 1 : feed;
    }

    /** Whether nothing stands before it in its line. */
    public boolean beginsLine(int offset) {
        return chars.substring(lineStart(offset), offset).isBlank();
    }

    /** Whether a line has only a comment. */
    boolean isComment(int lineStart) {
        int at = skipSpaces(lineStart);
        return at < chars.length() && chars.charAt(at) == '#';
    }

    boolean isBlank(int lineStart) {
        return chars.substring(lineStart, lineEnd(lineStart)).isBlank();
    }

    int skipSpaces(int offset) {
        int at = offset;
        while (at < chars.length() && (chars.charAt(at) == ' ' || chars.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** The first char from there that is neither blank nor in a comment. */
    int skipBlanks(int offset) {
        int at = offset;
        while (at < chars.length()) {
            char c = chars.charAt(at);
            if (c == '#') {
                at = nextLine(at);
            } else if (Character.isWhitespace(c)) {
                at++;
            } else {
                return at;
            }
        }
        return at;
    }

    /**
     * The start of the comments that stand right above a line, as far up as {@code floor}: they are
     * about what stands in the line.
     */
    int above(int lineStart, int floor) {
        int at = lineStart;
        while (at > top()) {
            int previous = lineStart(at - 1);
            if (previous < floor || !isComment(previous)) {
                break;
            }
            at = previous;
        }
        return at;
    }

    /**
     * Where what is to follow in lines of its own goes: at the end of the line in which something
     * ends, or of the comments below that are indented as its siblings are and do not stand right
     * above the next thing: they are about it.
     */
    int below(int offset, int column) {
        int first = nextLine(offset);
        int end = first;
        int at = first;
        while (at < chars.length() && (isBlank(at) || isComment(at))) {
            if (isComment(at) && skipSpaces(at) - at >= Math.max(column, 1)) {
                end = nextLine(at);
            } else if (isComment(at)) {
                break;
            }
            at = nextLine(at);
        }
        int next = skipSpaces(at) - at;
        while (end > first && end == at && at < chars.length()) {
            int previous = lineStart(end - 1);
            if (skipSpaces(previous) - previous != next) {
                break;
            }
            end = previous;
            at = previous;
        }
        return endOfLineBefore(end);
    }

    /** The end of the line before one that starts there. */
    int endOfLineBefore(int lineStart) {
        if (lineStart <= top() || chars.charAt(lineStart - 1) != '\n') {
            return lineStart;
        }
        return lineEnd(lineStart(lineStart - 1));
    }
}
