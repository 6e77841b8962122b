# SPDX-License-Identifier: Apache-2.0
"""Views that must not matter: windows, gamma, inversion, noise, blur, framing, burnt-in text."""
import torch
import torch.nn.functional as F

import preprocess


def uniform(n, low, high):
    return torch.empty(n, 1, 1, 1).uniform_(low, high)


def chance(n, probability):
    return torch.rand(n, 1, 1, 1) < probability


def windows(hu):
    """int16 n x S x S to n x 3 x S x S in [0, 1]: the three fixed windows, or one at random."""
    n = hu.shape[0]
    hu = hu.float().unsqueeze(1)
    centres = torch.tensor([w[0] for w in preprocess.CT_WINDOWS]).view(1, 3, 1, 1)
    widths = torch.tensor([w[1] for w in preprocess.CT_WINDOWS]).view(1, 3, 1, 1)
    jitter = chance(n, .5).float()
    c = centres + jitter * torch.randn(n, 3, 1, 1) * widths * .05
    w = widths * torch.exp(jitter * torch.randn(n, 3, 1, 1) * .1)
    three = ((hu - c) / w + .5).clamp(0, 1)
    kind = torch.randint(0, 4, (n, 1, 1, 1))
    # One window for all: lung, mediastinum or bone as a picture in a paper has it, or anything.
    single_c = torch.where(kind < 3, centres.view(-1)[kind.clamp(max=2)], uniform(n, -500, 300))
    single_w = torch.where(kind < 3, widths.view(-1)[kind.clamp(max=2)], uniform(n, 250, 2200))
    single_w = single_w * torch.exp(torch.randn(n, 1, 1, 1) * .2)
    one = ((hu - single_c - torch.randn(n, 1, 1, 1) * 30) / single_w + .5).clamp(0, 1)
    single = chance(n, .5)
    return torch.where(single, one.expand(-1, 3, -1, -1), three), single


def warp(x, size):
    """Random crop, zoom, turn, stretch and mirror; zero outside. The output is size x size."""
    n = x.shape[0]
    zoom = torch.empty(n).uniform_(.7, 1.12)
    stretch = torch.exp(torch.randn(n) * .06)
    angle = torch.randn(n) * .14
    shift = (torch.rand(n, 2) - .5) * 2 * ((1 - zoom).abs() + .04)[:, None]
    mirror = torch.where(torch.rand(n) < .5, -1., 1.)
    c, s = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    theta = torch.stack([torch.stack([c * mirror * stretch, -s, shift[:, 0]], 1),
                         torch.stack([s * mirror * stretch, c, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, (n, x.shape[1], size, size), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def stretch_to_quantiles(x):
    """What preprocessing does to a grey picture: its quantiles become 0 and 1."""
    sample = x[:, 0, ::5, ::5].flatten(1)
    ends = torch.quantile(sample, torch.tensor(preprocess.QUANTILES), dim=1)
    low, high = (e.view(-1, 1, 1, 1) for e in ends)
    return ((x - low) / (high - low).clamp(min=.05)).clamp(0, 1)


def tone(x):
    """Gamma, window and inversion of pictures in [0, 1]."""
    n = x.shape[0]
    x = x.clamp(0, 1) ** torch.exp(torch.randn(n, 1, 1, 1) * .3)
    low, high = uniform(n, 0, .3), uniform(n, .6, 1)
    x = torch.where(chance(n, .35), ((x - low) / (high - low)).clamp(0, 1), x)
    return torch.where(chance(n, .08), 1 - x, x)


def burn_in(x):
    """Text-like bright bars and a frame on some pictures."""
    size = x.shape[-1]
    for i in torch.nonzero(torch.rand(x.shape[0]) < .2).flatten().tolist():
        for _ in range(int(torch.randint(1, 7, ()))):
            top, left = (int(v) for v in torch.randint(0, size - 4, (2,)))
            if torch.rand(()) < .7:  # near the upper or lower edge, where scanners write
                top = top % max(size // 8, 1) + (0 if top % 2 else size - size // 8 - 4)
            height, width = int(torch.randint(1, 5, ())), int(torch.randint(3, size // 4, ()))
            patch = x[i, :, top:top + height, left:left + width]
            patch.copy_(torch.maximum(patch, (torch.rand(patch.shape[1:]) < .6).float()))
    for i in torch.nonzero(torch.rand(x.shape[0]) < .08).flatten().tolist():
        edge = int(torch.randint(1, size // 8, ()))
        x[i, :, :edge] = x[i, :, size - edge:] = 0
    return x


def degrade(x):
    """Blur as of a low matrix, and noise."""
    n, size = x.shape[0], x.shape[-1]
    pick = torch.nonzero(torch.rand(n) < .35).flatten()
    if len(pick):
        small = int(size * (.35 + .5 * float(torch.rand(()))))
        low = F.interpolate(x[pick], size=small, mode='bilinear', align_corners=False,
                            antialias=True)
        x[pick] = F.interpolate(low, size=size, mode='bilinear', align_corners=False)
    sigma = .06 * torch.rand(n, 1, 1, 1) ** 2
    noise = torch.randn(n, 1, size, size) * sigma
    return (x + noise).clamp(0, 1)


def fade(x, mask):
    """What is beside a finding at half its height, as the crop of a segment has it, or as it is."""
    level = torch.where(chance(len(x), .6), preprocess.SEGMENT_FADE, 1.)
    return x * (level + (1 - level) * mask.float().div_(255).unsqueeze(1))


def grey_views(grey, mask, size):
    x = grey.float().div_(255).unsqueeze(1)
    x = tone(burn_in(degrade(warp(x if mask is None else fade(x, mask), size))))
    stretched = stretch_to_quantiles(x)
    if mask is not None:  # a crop keeps the scale of its slice
        stretched = torch.where(chance(len(x), .3), stretched, x)
    return stretched.expand(-1, 3, -1, -1)


def hu_views(hu, mask, size):
    three, single = windows(hu)
    x = degrade(burn_in(warp(three if mask is None else fade(three, mask), size)))
    picture = tone(x[:, :1])
    if mask is None:
        picture = stretch_to_quantiles(picture)
    return torch.where(single, picture.expand(-1, 3, -1, -1), x)


def views(parts, size):
    """One random view each of parts (make, pictures, masks or None), in [-1, 1]."""
    x = torch.cat([make(pictures, mask, size) for make, pictures, mask in parts if len(pictures)])
    return (x * 2 - 1).contiguous(memory_format=torch.channels_last)
