# SPDX-License-Identifier: Apache-2.0
"""Steps of convolutions: the momentum made orthogonal, so that all directions learn at one pace.

After the Muon optimiser (K. Jordan, 2024). Every convolution here is followed by a normalisation,
so the length of its weights means nothing: it is kept, and the rate is a share of it.
"""
import torch

MOMENTUM, ROUNDS = .9, 3
A, B, C = 3.4445, -4.7750, 2.0315  # Newton-Schulz, quintic: steep at zero, near 1 from there


def orthogonal(matrix):
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(ROUNDS):
        square = x @ x.T
        x = A * x + (B * square + C * square @ square) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, rate):
        super().__init__(parameters, {'lr': rate})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                momentum = self.state[p].setdefault('momentum', torch.zeros_like(p))
                momentum.mul_(MOMENTUM).add_(p.grad)
                ahead = (p.grad + MOMENTUM * momentum).reshape(len(p), -1)
                move = orthogonal(ahead)
                length = p.norm()
                p.sub_((move * (length / move.norm() * group['lr'])).reshape(p.shape))
                p.mul_(length / p.norm())
