"""Who is one child with whom does not depend on the order in which it was said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.moves import clusters
from app.models.queries.called_same import Clusters

_children = st.sampled_from("abcdefgh")
_pairs = st.lists(st.tuples(_children, _children), max_size=10)


@settings(max_examples=100, deadline=None)
@given(_pairs, st.randoms(use_true_random=False))
def test_clusters_are_the_connected_components_in_whatever_order(pairs, order):
    said = Clusters(pairs)
    shuffled = list(pairs)
    order.shuffle(shuffled)
    again = Clusters((other, one) for one, other in shuffled)
    naive = clusters(pairs)
    for child in "abcdefgh":
        assert said.of(child) == again.of(child) == naive.get(child, frozenset(child))
    components = said.all()
    assert sorted(map(min, components)) == sorted({min(group) for group in naive.values()})
    assert sum(map(len, components)) == len(naive)


@settings(max_examples=100, deadline=None)
@given(_pairs)
def test_what_is_taken_out_of_a_cluster_is_as_if_it_had_never_been_said(pairs):
    for at in range(len(pairs)):
        left = Clusters(pairs[:at] + pairs[at + 1 :])
        one, other = pairs[at]
        left.join(one, other)
        assert all(left.of(child) == Clusters(pairs).of(child) for child in "abcdefgh")
