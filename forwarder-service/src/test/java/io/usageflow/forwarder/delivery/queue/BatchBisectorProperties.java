package io.usageflow.forwarder.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BatchBisectorProperties {

    /** A Credyt that refuses a request with any culprit in it, and says no more. */
    private static final class Story {
        final Set<Integer> culprits;
        final BatchBisector<Integer> splitter;
        final List<Integer> accepted = new ArrayList<>();
        final List<Integer> guilty = new ArrayList<>();
        int requests;

        Story(int size, Set<Integer> culprits) {
            this.culprits = culprits;
            this.splitter = new BatchBisector<>(IntStream.range(0, size).boxed().toList(), 2);
        }

        Story tell(boolean mayBeCustomer, boolean exists) {
            while (!splitter.done() && !splitter.customerSuspected()) {
                List<Integer> asked = splitter.next();
                assertThat(splitter.next()).as("the same until it is answered").isEqualTo(asked);
                requests++;
                boolean refused = asked.stream().anyMatch(culprits::contains);
                if (refused && exists && asked.size() == 1) {
                    accepted.addAll(asked);
                    splitter.known();
                } else if (refused) {
                    splitter.refused(mayBeCustomer, "422");
                } else {
                    accepted.addAll(asked);
                    splitter.accepted();
                }
                guilty.addAll(splitter.takeCulprits());
            }
            return this;
        }

        int extraRequests() {
            return requests - 1;
        }
    }

    private static int ceilLog2(int n) {
        return 32 - Integer.numberOfLeadingZeros(n - 1);
    }

    @Provide
    Arbitrary<Set<Integer>> positions() {
        return Arbitraries.integers().between(0, 127).set().ofMaxSize(128);
    }

    @Property(tries = 2_000)
    void findsExactlyTheCulpritsInOrderWithinTheBound(
            @ForAll @IntRange(min = 1, max = 128) int size, @ForAll("positions") Set<Integer> drawn) {
        Set<Integer> culprits = within(drawn, size);

        Story story = new Story(size, culprits).tell(false, false);

        assertThat(story.guilty).isSorted().containsExactlyInAnyOrderElementsOf(culprits);
        assertThat(story.accepted).isSorted().hasSize(size - culprits.size());
        assertThat(story.extraRequests()).isLessThanOrEqualTo(2 * ceilLog2(size) * culprits.size());
    }

    @Example
    void findsOneCulpritAtEveryPositionOfEverySizeWithinTheBound() {
        for (int size = 2; size <= 128; size++) {
            for (int position = 0; position < size; position++) {
                for (boolean mayBeCustomer : new boolean[] {false, true}) {
                    Story story = new Story(size, Set.of(position)).tell(mayBeCustomer, false);

                    assertThat(story.guilty).containsExactly(position);
                    assertThat(story.accepted).hasSize(size - 1);
                    assertThat(story.extraRequests())
                            .as("size %s, culprit at %s", size, position)
                            .isLessThanOrEqualTo(2 * ceilLog2(size));
                }
            }
        }
    }

    @Property(tries = 1_000)
    void asksAboutWholeBatchesThatExistWithFewRequests(@ForAll @IntRange(min = 2, max = 128) int size) {
        Set<Integer> all = new HashSet<>(IntStream.range(0, size).boxed().toList());

        Story story = new Story(size, all).tell(false, true);

        assertThat(story.accepted).isSorted().hasSize(size);
        assertThat(story.requests).isLessThanOrEqualTo(size + 1 + 3 * ceilLog2(size));
    }

    @Property(tries = 1_000)
    void settlesEverythingWhereSomeIdsExist(
            @ForAll @IntRange(min = 1, max = 128) int size, @ForAll("positions") Set<Integer> drawn) {
        Story story = new Story(size, within(drawn, size)).tell(false, true);

        assertThat(story.guilty).isEmpty();
        assertThat(story.accepted).isSorted().hasSize(size);
    }

    @Property(tries = 1_000)
    void suspectsTheCustomerAfterTwoProbesWhereEverythingIsRefusedAlike(
            @ForAll @IntRange(min = 4, max = 128) int size) {
        Set<Integer> all = new HashSet<>(IntStream.range(0, size).boxed().toList());

        Story story = new Story(size, all).tell(true, false);

        assertThat(story.splitter.customerSuspected()).isTrue();
        assertThat(story.guilty).isEmpty();
        assertThat(story.splitter.remaining())
                .isEqualTo(IntStream.range(0, size).boxed().toList());
        assertThat(story.extraRequests())
                .as("two single probes and what is between them")
                .isLessThanOrEqualTo(4);
    }

    @Property(tries = 500)
    void blamesTheEventsWhereTheyAreRefusedForDifferentReasons(@ForAll @IntRange(min = 4, max = 64) int size) {
        var splitter = new BatchBisector<>(IntStream.range(0, size).boxed().toList(), 2);
        List<Integer> guilty = new ArrayList<>();
        while (!splitter.done() && !splitter.customerSuspected()) {
            List<Integer> asked = splitter.next();
            splitter.refused(true, "422 field " + asked.get(0) % 3 + (asked.size() > 1 ? " batch" : ""));
            guilty.addAll(splitter.takeCulprits());
        }

        assertThat(splitter.customerSuspected()).isFalse();
        assertThat(guilty).isEqualTo(IntStream.range(0, size).boxed().toList());
    }

    @Example
    void findsTwoCulpritsAtAllPositionsWithinTheBound() {
        for (int size : new int[] {2, 3, 7, 16, 33, 100}) {
            for (int one = 0; one < size; one++) {
                for (int other = one + 1; other < size; other++) {
                    Story story = new Story(size, Set.of(one, other)).tell(false, false);

                    assertThat(story.guilty).containsExactly(one, other);
                    assertThat(story.accepted).isSorted().hasSize(size - 2);
                    assertThat(story.extraRequests())
                            .as("size %s, culprits at %s and %s", size, one, other)
                            .isLessThanOrEqualTo(2 * 2 * ceilLog2(size));
                }
            }
        }
    }

    /** Numbers of culprits from one to all, spread evenly or in a row at either end: the worst visitor of halving. */
    @Example
    void staysWithinTheBoundForEveryNumberOfCulprits() {
        for (int size : new int[] {2, 5, 16, 64, 100}) {
            for (int count = 1; count <= size; count++) {
                int step = size / count;
                int number = count;
                List<Set<Integer>> shapes = List.of(
                        set(IntStream.range(0, number).map(i -> i * step)),
                        set(IntStream.range(0, number)),
                        set(IntStream.range(size - number, size)));
                for (Set<Integer> culprits : shapes) {
                    Story story = new Story(size, culprits).tell(false, false);

                    assertThat(story.guilty).isSorted().containsExactlyInAnyOrderElementsOf(culprits);
                    assertThat(story.extraRequests())
                            .as("size %s, culprits %s", size, culprits)
                            .isLessThanOrEqualTo(2 * ceilLog2(size) * culprits.size());
                }
            }
        }
    }

    @Property(tries = 500)
    void doesNotHalveAnewForEachWhereCulpritsAreDense(@ForAll @IntRange(min = 16, max = 128) int size) {
        Story story = new Story(size, set(IntStream.range(0, size))).tell(false, false);

        assertThat(story.requests).isLessThanOrEqualTo(size + 3 * ceilLog2(size));
    }

    private static Set<Integer> set(IntStream positions) {
        return new HashSet<>(positions.boxed().toList());
    }

    @Property(tries = 2_000)
    void neverLosesAnEventWhereItMayBeTheCustomer(
            @ForAll @IntRange(min = 1, max = 64) int size, @ForAll("positions") Set<Integer> drawn) {
        Set<Integer> culprits = within(drawn, size);

        Story story = new Story(size, culprits).tell(true, false);

        assertThat(culprits).containsAll(story.guilty);
        List<Integer> all = new ArrayList<>(story.accepted);
        all.addAll(story.guilty);
        all.addAll(story.splitter.remaining());
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, size).boxed().toList());
        if (story.splitter.customerSuspected()) {
            assertThat(story.accepted)
                    .as("a customer with whom something is well is not suspected")
                    .isEmpty();
        }
    }

    @Property(tries = 1_000)
    void settlesEverythingWhereSomeAreAccusedByIndex(
            @ForAll @IntRange(min = 2, max = 64) int size,
            @ForAll("positions") Set<Integer> drawn,
            @ForAll("positions") Set<Integer> wronglyAccused) {
        Set<Integer> culprits = within(drawn, size);
        var splitter = new BatchBisector<>(IntStream.range(0, size).boxed().toList(), 2);
        List<Integer> accepted = new ArrayList<>();
        List<Integer> guilty = new ArrayList<>();
        while (!splitter.done()) {
            List<Integer> asked = splitter.next();
            boolean refused = asked.stream().anyMatch(culprits::contains);
            if (!refused) {
                accepted.addAll(asked);
                splitter.accepted();
            } else if (asked.size() == 1) {
                splitter.refused(false, "422");
            } else {
                Set<Integer> accused = new HashSet<>();
                for (int i = 0; i < asked.size(); i++) {
                    if (culprits.contains(asked.get(i)) || wronglyAccused.contains(asked.get(i))) {
                        accused.add(i);
                    }
                }
                splitter.partial(Set.of(), accused);
            }
            guilty.addAll(splitter.takeCulprits());
        }

        assertThat(guilty).isSorted().containsExactlyInAnyOrderElementsOf(culprits);
        assertThat(accepted).isSorted().hasSize(size - culprits.size());
    }

    @Property(tries = 500)
    void neverSendsMoreThanWasTooLarge(
            @ForAll @IntRange(min = 2, max = 128) int size, @ForAll @IntRange(min = 1, max = 128) int largest) {
        var splitter = new BatchBisector<>(IntStream.range(0, size).boxed().toList(), 2);
        List<Integer> accepted = new ArrayList<>();
        int tooLarge = 0;
        while (!splitter.done()) {
            List<Integer> asked = splitter.next();
            if (asked.size() > largest) {
                tooLarge++;
                splitter.tooLarge();
            } else {
                accepted.addAll(asked);
                splitter.accepted();
            }
        }

        assertThat(accepted).isEqualTo(IntStream.range(0, size).boxed().toList());
        assertThat(tooLarge).as("the smaller size is remembered").isLessThanOrEqualTo(ceilLog2(size));
    }

    @Property(tries = 500)
    void letsGoOfWhatLeaves(@ForAll @IntRange(min = 2, max = 64) int size, @ForAll("positions") Set<Integer> drawn) {
        Set<Integer> culprits = within(drawn, size);
        var splitter = new BatchBisector<>(IntStream.range(0, size).boxed().toList(), 2);
        splitter.next();
        splitter.refused(true, "422");
        splitter.next();

        splitter.retain(event -> event % 2 == 0);

        assertThat(splitter.remaining())
                .isEqualTo(
                        IntStream.range(0, size).filter(i -> i % 2 == 0).boxed().toList());
        List<Integer> settled = new ArrayList<>();
        while (!splitter.done()) {
            List<Integer> asked = splitter.next();
            boolean refused = asked.stream().anyMatch(culprits::contains);
            if (!refused) {
                settled.addAll(asked);
                splitter.accepted();
            } else {
                splitter.refused(false, "422");
            }
            settled.addAll(splitter.takeCulprits());
        }
        assertThat(settled).allMatch(event -> event % 2 == 0).hasSize((size + 1) / 2);
    }

    private static Set<Integer> within(Set<Integer> drawn, int size) {
        Set<Integer> within = new HashSet<>();
        drawn.stream().filter(position -> position < size).forEach(within::add);
        return within;
    }
}
