"""What a model will take in memory, and how much of it to put where, decided before it is loaded. Pure.

Rules this file keeps: an estimate errs on the side of too much; a plan never takes more than is free anywhere, with all
that conversations may take that leave the cache; with more free memory a plan gets no fewer cells, and with the same
cells no fewer layers on the GPU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from msgspec import Struct, structs

from windowsill.engine.model_shape import Layer, ModelShape

CELLS: Final = 256
"""llama.cpp rounds the cells of a cache up to so many."""

TOKEN_BYTES: Final = 256
"""Of one entry of a vocabulary in memory: its text, its scores, and its places in two tables."""

SAVED_TOKEN_BYTES: Final = 32
"""Of one token in a saved conversation, beside its keys and values: its position, and its part of what stands before
those of each layer."""

FLOAT: Final = 4
SPARE: Final = Fraction(1, 20)
"""On top of what is computed besides weights and cells, for the graph itself and what allocators round up."""


class CellType(Enum):
    """How a cache keeps its numbers: bytes of one."""

    F16 = Fraction(2)
    Q8_0 = Fraction(34, 32)


class Layout(Struct, frozen=True, kw_only=True):
    """How a model would be run."""

    slots: int
    batch_tokens: int
    cell_type: CellType = CellType.F16
    flash_attention: bool = True


class Need(Struct, frozen=True, kw_only=True):
    """Bytes, in the machine's memory and on each GPU."""

    host: int
    gpus: tuple[int, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """``split``: layers on each GPU, counted as llama.cpp does: the output is one more layer, and goes first.
    ``saved``: bytes beside ``need`` for conversations that leave the cache, enough for ``saved_tokens``."""

    split: tuple[int, ...] = ()
    cells: int
    need: Need
    saved: int = 0
    saved_tokens: int = 0

    @property
    def gpu_layers(self) -> int:
        """Layers on all GPUs together."""
        return sum(self.split)


class Refusal(Struct, frozen=True):
    """Why the model is not loaded, in words for its user."""

    reason: str


def need(shape: ModelShape, layout: Layout, *, cells: int, split: Sequence[int] = ()) -> Need:
    """What the model takes with ``cells``, when so many of its last layers are on each GPU."""
    layers = _layers(shape, layout, cells)
    working = _working(shape, layout, cells)
    ends = [*accumulate(split, initial=len(layers) - sum(split))]
    host = shape.input + sum(layers[: ends[0]]) + shape.vocabulary * TOKEN_BYTES + working
    host += FLOAT * layout.slots * shape.vocabulary
    gpus = [sum(layers[start:end]) + working if start < end else 0 for start, end in pairwise(ends)]
    return Need(host=host, gpus=tuple(gpus))


def plan(
    shape: ModelShape,
    layout: Layout,
    *,
    host_free: int,
    gpus_free: Sequence[int],
    wanted: int,
    least: int,
    saved: int,
    most_layers: int | None = None,
    shared: bool = False,
) -> Plan | Refusal:
    """The most cells up to ``wanted``, then the most layers on GPUs, up to ``most_layers``, that fit; not fewer cells
    than ``least``. In what the host has left, up to ``saved`` bytes for as many tokens, or none. ``shared``: what GPUs
    take is taken from the machine's memory."""
    most = len(shape.layers) + 1 if gpus_free else 0
    if most_layers is not None:
        most = min(most, most_layers)
    for cells in _choices(wanted, least):
        layers, working = _layers(shape, layout, cells), _working(shape, layout, cells)
        for gpu_layers in range(most, -1, -1):
            split = _split(layers[len(layers) - gpu_layers :], working, gpus_free)
            if split is None:
                continue
            needed = need(shape, layout, cells=cells, split=split)
            left = host_free - needed.host - (sum(needed.gpus) if shared else 0)
            if left >= 0:
                return _with_saved(Plan(split=split, cells=cells, need=needed), shape, layout, min(saved, left), least)
    smallest = need(shape, layout, cells=_padded(least))
    besides = ", and a GPU cannot take enough of it" if gpus_free else ""
    return Refusal(f"needs {readable(smallest.host)} of memory, {readable(host_free)} are free{besides}")


def _with_saved(planned: Plan, shape: ModelShape, layout: Layout, saved: int, least: int) -> Plan:
    """With room for conversations outside of the cache; with less than ``least`` tokens of it they had better stay."""
    numbers = sum(layer.keys + layer.values for layer in shape.layers)
    tokens = saved // (int(numbers * layout.cell_type.value) + SAVED_TOKEN_BYTES)
    return structs.replace(planned, saved=saved, saved_tokens=tokens) if tokens >= least else planned


def readable(size: int) -> str:
    """``size`` bytes as people say it."""
    return f"{size / 1e9:.1f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"


def _choices(wanted: int, least: int) -> Iterator[int]:
    """From ``wanted`` by halves down to ``least``."""
    cells = _padded(wanted)
    while cells > _padded(least):
        yield cells
        cells = _padded(cells // 2)
    yield _padded(least)


def _padded(cells: int) -> int:
    return -(-cells // CELLS) * CELLS


def _split(layers: Sequence[int], working: int, gpus_free: Sequence[int]) -> tuple[int, ...] | None:
    """One GPU after the other filled with ``layers``, bytes of each; None when they do not fit.

    A token goes through all layers in turn, so that sharing them out evenly gains nothing and takes more GPUs.
    """
    split, placed = list[int](), 0
    for free in gpus_free:
        first, left = placed, free - working
        while placed < len(layers) and layers[placed] <= left:
            left -= layers[placed]
            placed += 1
        split.append(placed - first)
    return tuple(split) if placed == len(layers) else None


def _layers(shape: ModelShape, layout: Layout, cells: int) -> list[int]:
    """Weights, cells and states of each layer, and the output's weights."""

    def kept(layer: Layer) -> int:
        numbers = cells * (layer.keys + layer.values)
        return layer.weights + int(numbers * layout.cell_type.value) + FLOAT * layout.slots * layer.state

    return [*map(kept, shape.layers), shape.output]


def _working(shape: ModelShape, layout: Layout, cells: int) -> int:
    """What one step computes with, at its largest: the attention's mask, and a layer's numbers or the answer's."""
    batch = layout.batch_tokens
    a_cell = 2 if layout.flash_attention else FLOAT * (1 + 2 * shape.heads)
    layer = FLOAT * batch * (4 * shape.embedding + 3 * shape.feed_forward)
    states = FLOAT * layout.slots * max((each.state for each in shape.layers), default=0)
    answers = FLOAT * layout.slots * shape.vocabulary
    working = batch * cells * a_cell + max(layer + states, answers)
    return working + int(working * SPARE)
