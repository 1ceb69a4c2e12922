package dev.outrider.sidecar.balance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing: each member has points on a ring, in proportion to its weight, and a key
 * belongs to the next point clockwise. A member that comes or goes moves only its own share.
 */
final class HashRing {
    private final long[] points;
    private final Member[] owners;

    private HashRing(long[] points, Member[] owners) {
        this.points = points;
        this.owners = owners;
    }

    private record Point(long at, Member owner) {}

    static HashRing of(List<Member> members, int pointsPerMember) {
        int heaviest = members.stream().mapToInt(Member::weight).max().orElse(1);
        List<Point> ring = new ArrayList<>();
        for (Member member : members) {
            long points = Math.max(1, (long) pointsPerMember * member.weight() / heaviest);
            for (int i = 0; i < points; i++) {
                ring.add(new Point(HashKey.hash(member.address(), i), member));
            }
        }
        ring.sort(
                Comparator.comparingLong(Point::at)
                        .thenComparing(point -> point.owner().address()));
        return new HashRing(
                ring.stream().mapToLong(Point::at).toArray(),
                ring.stream().map(Point::owner).toArray(Member[]::new));
    }

    int size() {
        return owners.length;
    }

    /** The index of the point that {@code hash} belongs to. */
    int indexOf(long hash) {
        int found = Arrays.binarySearch(points, hash);
        int index = found >= 0 ? found : -found - 1;
        return index == points.length ? 0 : index;
    }

    Member owner(int index) {
        return owners[index % owners.length];
    }
}
