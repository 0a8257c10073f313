"""Which token prefixes lie in the KV cache, and which sequences hold them: a radix tree. Pure.

Rules this file keeps:
* A node's cells exist exactly as long as a holder (a sequence id of the cache) stands at or below it.
* A node belongs to one origin, or to None: our own instructions, which every origin may read and none can probe.
* Only a node that has one holder and nothing below it grows; whoever forks shares what is above the fork.
* Where nobody stands and nothing forks any more, two nodes become one: conversations of many turns stay shallow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


class Node:
    """``tokens`` of the edge that leads here, from ``start`` on; ``holders`` stand exactly here."""

    __slots__ = ("below", "holders", "origin", "parent", "start", "tokens")

    def __init__(self, parent: Node | None, start: int, tokens: list[int], origin: str | None) -> None:
        self.parent = parent
        self.start = start
        self.tokens = tokens
        self.origin = origin
        self.below: dict[int, list[Node]] = {}
        self.holders: set[int] = set()

    @property
    def end(self) -> int:
        """Tokens from the root to here (count)."""
        return self.start + len(self.tokens)

    def children(self) -> Iterator[Node]:
        """Nodes right below."""
        for nodes in self.below.values():
            yield from nodes


class Match:
    """The longest cached beginning of a prompt: ``length`` tokens, and a ``holder`` that has them."""

    __slots__ = ("holder", "length", "node")

    def __init__(self, node: Node, length: int, holder: int) -> None:
        self.node = node
        self.length = length
        self.holder = holder


class PrefixTree:
    """``used``: cells that are taken (count)."""

    def __init__(self) -> None:
        self.used = 0
        self._root = Node(None, 0, [], None)
        self._at: dict[int, Node] = {}
        self._origins: dict[int, str] = {}

    def match(self, tokens: Sequence[int], origin: str, limit: int, *, whole: bool = False) -> Match | None:
        """What of ``tokens[:limit]`` is cached and ``origin`` may know of; ``whole``: only where a holder stands."""
        best: Match | None = None
        for node, length in self._paths(tokens, origin, limit):
            if best is not None and length <= best.length:
                continue
            if not whole:
                best = Match(node, length, self._holder_below(node))
            elif length == node.end and node.holders:
                best = Match(node, length, min(node.holders))
        return best

    def seat(self, holder: int, match: Match | None, origin: str) -> None:
        """``holder`` shares what ``match`` found and goes on from there with tokens of ``origin``."""
        if holder in self._at:
            raise ValueError(f"sequence {holder} holds something already")
        node = self._root if match is None else self._upto(match.node, match.length)
        self._stand(holder, node)
        self._origins[holder] = origin

    def double(self, holder: int, copy: int) -> None:
        """``copy`` holds what ``holder`` has."""
        self._stand(copy, self._at[holder])
        self._origins[copy] = self._origins[holder]

    def extend(self, holder: int, tokens: Sequence[int]) -> None:
        """The cache now has ``tokens``, one at least, after what ``holder`` had."""
        node, origin = self._at[holder], self._origins[holder]
        if node is self._root or node.below or len(node.holders) > 1 or node.origin != origin:
            node.holders.discard(holder)
            above, node = node, Node(node, node.end, [], origin)
            above.below.setdefault(tokens[0], []).append(node)
            self._stand(holder, node)
        node.tokens.extend(tokens)
        self.used += len(tokens)

    def length(self, holder: int) -> int:
        """Tokens that ``holder`` has in the cache (count)."""
        return self._at[holder].end

    def publish(self, holder: int, length: int) -> None:
        """The first ``length`` tokens of ``holder`` are our own instructions: every origin may share them."""
        node = self._at[holder]
        while node.start >= length and node.parent is not None:
            node = node.parent
        shared: Node | None = self._upto(node, length)
        while shared is not None:
            shared.origin = None
            shared = shared.parent

    def release(self, holder: int) -> None:
        """``holder`` left the cache, and with it the cells that nobody else holds."""
        node = self._at.pop(holder)
        del self._origins[holder]
        node.holders.discard(holder)
        self._prune(node)

    def covered(self, holder: int, *, whole: bool = False) -> bool:
        """Whether what ``holder`` has would stay without it; ``whole``: with another that has this and no more."""
        node = self._at[holder]
        return node is self._root or len(node.holders) > 1 or (not whole and bool(node.below))

    def origin(self, holder: int) -> str | None:
        """Whose the newest token of ``holder`` is; None: nobody's, or our own instructions."""
        return self._at[holder].origin

    def path(self, holder: int) -> tuple[list[int], str | None]:
        """All tokens of ``holder``, and whose they are; None: our own instructions."""
        node: Node | None = self._at[holder]
        origin = self._at[holder].origin
        edges = []
        while node is not None:
            edges.append(node.tokens)
            node = node.parent
        return [token for edge in reversed(edges) for token in edge], origin

    def held(self, holders: Iterable[int], match: Match | None = None) -> int:
        """Cells of these holders, and of whoever would go on from ``match`` (count); shared ones counted once."""
        seen: set[Node] = set()
        total = 0
        for holder in holders:
            total += sum([len(node.tokens) for node in _unseen(self._at[holder], seen)])
        if match is not None:
            total += sum([min(node.end, match.length) - node.start for node in _unseen(match.node, seen)])
        return total

    # -- walking

    def _paths(self, tokens: Sequence[int], origin: str, limit: int) -> Iterator[tuple[Node, int]]:
        """Every node that ``tokens`` lead to, with how many of them it and what is above it have."""
        reached = [self._root]
        while reached:
            node = reached.pop()
            at = node.end
            if at >= limit:
                continue
            for child in node.below.get(tokens[at], ()):
                if child.origin is not None and child.origin != origin:
                    continue
                alike = common(child.tokens, tokens, at, limit)
                yield child, at + alike
                if alike == len(child.tokens):
                    reached.append(child)

    def _holder_below(self, node: Node) -> int:
        while not node.holders:
            node = next(node.children())
        return min(node.holders)

    # -- building

    def _stand(self, holder: int, node: Node) -> None:
        node.holders.add(holder)
        self._at[holder] = node

    def _upto(self, node: Node, length: int) -> Node:
        """The node that ends at ``length``: ``node``, or its upper part after it was split."""
        cut = length - node.start
        if cut == len(node.tokens):
            return node
        parent = node.parent
        if parent is None or not 0 < cut < len(node.tokens):
            raise ValueError(f"a node from {node.start} to {node.end} cannot be split at {length}")
        upper = Node(parent, node.start, node.tokens[:cut], node.origin)
        siblings = parent.below[node.tokens[0]]
        siblings[siblings.index(node)] = upper
        node.parent, node.start, node.tokens = upper, length, node.tokens[cut:]
        upper.below[node.tokens[0]] = [node]
        return upper

    def _prune(self, node: Node) -> None:
        while node.parent is not None and not node.holders and not node.below:
            self.used -= len(node.tokens)
            siblings = node.parent.below[node.tokens[0]]
            siblings.remove(node)
            if not siblings:
                del node.parent.below[node.tokens[0]]
            node = node.parent
        self._join(node)

    def _join(self, node: Node) -> None:
        """Make ``node`` and the only one below it one, if nobody stands between them."""
        below = list(node.children())
        if node.parent is None or node.holders or len(below) != 1 or below[0].origin != node.origin:
            return
        lower = below[0]
        siblings = node.parent.below[node.tokens[0]]
        siblings[siblings.index(node)] = lower
        lower.parent, lower.start, lower.tokens = node.parent, node.start, node.tokens + lower.tokens


def _unseen(node: Node | None, seen: set[Node]) -> Iterator[Node]:
    """``node`` and what is above it, up to what was seen before."""
    while node is not None and node not in seen:
        seen.add(node)
        yield node
        node = node.parent


def common(edge: list[int], tokens: Sequence[int], at: int, limit: int) -> int:
    """How many tokens of ``edge`` are those of ``tokens`` from ``at`` on, up to ``limit``."""
    room = min(len(edge), limit - at)
    if edge[:room] == list(tokens[at : at + room]):
        return room
    # The first that differs is between the two. Slices compare ten times as fast as tokens one by one.
    alike, differing = 0, room
    while differing - alike > 1:
        middle = (alike + differing) // 2
        if edge[alike:middle] == list(tokens[at + alike : at + middle]):
            alike = middle
        else:
            differing = middle
    return alike
