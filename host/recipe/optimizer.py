"""Muon for the matrices inside the blocks, AdamW for the rest: half the steps that AdamW alone needs here.

Muon: momentum whose matrix is replaced by its nearest orthogonal one, by five Newton-Schulz steps.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from recipe.network import Tensors

MOMENTUM: Final = 0.95
MATRIX_RATE: Final = 0.02
OTHER_RATE: Final = 0.003
"""Peak learning rates: of matrices (per orthogonal step) and of embeddings and norms."""

_QUINTIC: Final = (3.4445, -4.7750, 2.0315)
"""Coefficients that bring singular values near 1 fastest; exact convergence is not needed."""


def orthogonal(matrix: Tensor) -> Tensor:
    """Nearly orthogonal matrix with the same row and column spaces."""
    a, b, c = _QUINTIC
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    result: Tensor = (x.T if tall else x).to(matrix.dtype)
    return result


class Optimizer:
    """One step over all tensors; ``share`` (0 to 1) of the peak learning rates."""

    def __init__(self, tensors: Tensors) -> None:
        self._matrices = [tensor for name, tensor in tensors.items() if name.startswith("blk.") and tensor.ndim == 2]
        self._momenta = [torch.zeros_like(matrix) for matrix in self._matrices]
        others = [tensor for name, tensor in tensors.items() if not (name.startswith("blk.") and tensor.ndim == 2)]
        self._others = torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0)

    def step(self, share: float) -> None:
        """Apply the gradients and clear them."""
        with torch.no_grad():
            for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
                if matrix.grad is None:
                    continue
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                update = orthogonal(matrix.grad.lerp(momentum, MOMENTUM))
                rows, columns = matrix.shape
                matrix.add_(update, alpha=-MATRIX_RATE * share * max(1.0, rows / columns) ** 0.5)
                matrix.grad = None
        for group in self._others.param_groups:
            group["lr"] = OTHER_RATE * share
        self._others.step()
        self._others.zero_grad(set_to_none=True)
