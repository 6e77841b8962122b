# SPDX-License-Identifier: Apache-2.0
"""The encoder: a thin residual network (BasicBlocks 1,1,1,1), 128 x 128 x 3 -> 128 numbers."""
import torch
import torch.nn.functional as F
from torch import nn

WIDTH = 32
DIMENSION = 128
STAGES = 4


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.norm3 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.norm3(self.shortcut(x))))


class Encoder(nn.Module):
    def __init__(self, width=WIDTH, dimension=DIMENSION):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 5, 2, 2, bias=False)
        self.norm = nn.BatchNorm2d(width)
        inputs = width
        for i in range(STAGES):
            setattr(self, f'stage{i + 1}', Block(inputs, width << i, 1 if i == 0 else 2))
            inputs = width << i
        self.head = nn.Linear(inputs, dimension)

    def features(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.stem(x))), 3, 2, 1)
        for i in range(STAGES):
            x = getattr(self, f'stage{i + 1}')(x)
        return x.mean((2, 3))

    def forward(self, x):
        return F.normalize(self.head(self.features(x)), dim=1)


class Folded(nn.Module):
    """The same network with batch normalisation folded into the weights: what ships and what C runs."""

    def __init__(self, tensors):
        super().__init__()
        self.convs = nn.ModuleDict()
        self.head = None
        for name in sorted({key.rsplit('.', 1)[0] for key in tensors}):
            weight, bias = tensors[name + '.weight'].float(), tensors[name + '.bias'].float()
            if weight.ndim == 2:
                layer = nn.Linear(weight.shape[1], weight.shape[0])
            else:
                size = weight.shape[2]
                strided = name == 'stem' or (name[:6] in ('stage2', 'stage3', 'stage4')
                                             and not name.endswith('conv2'))
                layer = nn.Conv2d(weight.shape[1], weight.shape[0], size, 2 if strided else 1,
                                  size // 2)
            layer.weight.data, layer.bias.data = weight, bias
            self.convs[name.replace('.', '_')] = layer

    def steps(self, x):
        """Yields (name, activation) after every layer, as the C program numbers them."""
        c = self.convs
        x = F.relu(c['stem'](x))
        yield 'stem', x
        x = F.max_pool2d(x, 3, 2, 1)
        yield 'pool', x
        for i in range(1, STAGES + 1):
            y = F.relu(c[f'stage{i}_conv1'](x))
            yield f'stage{i}.conv1', y
            shortcut = f'stage{i}_shortcut'
            x = F.relu(c[f'stage{i}_conv2'](y) + (c[shortcut](x) if shortcut in c else x))
            yield f'stage{i}.conv2', x
        x = x.mean((2, 3))
        yield 'mean', x
        yield 'vector', F.normalize(c['head'](x), dim=1)

    def forward(self, x):
        c = self.convs
        x = F.max_pool2d(F.relu(c['stem'](x)), 3, 2, 1)
        x = self.block('stage1', x)
        x = self.block('stage2', x)
        x = self.block('stage3', x)
        x = self.block('stage4', x)
        return F.normalize(c['head'](x.mean((2, 3))), dim=1)

    def block(self, name, x):
        c = self.convs
        y = c[name + '_conv2'](F.relu(c[name + '_conv1'](x)))
        return F.relu(y + (c[name + '_shortcut'](x) if name + '_shortcut' in c else x))


def fold(model):
    """Names and float tensors of the folded network."""
    out = {}

    def put(name, conv, norm):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        out[name + '.weight'] = (conv.weight * scale[:, None, None, None]).detach()
        out[name + '.bias'] = (norm.bias - norm.running_mean * scale).detach()

    put('stem', model.stem, model.norm)
    for i in range(1, STAGES + 1):
        block = getattr(model, f'stage{i}')
        put(f'stage{i}.conv1', block.conv1, block.norm1)
        put(f'stage{i}.conv2', block.conv2, block.norm2)
        if block.shortcut is not None:
            put(f'stage{i}.shortcut', block.shortcut, block.norm3)
    out['head.weight'] = model.head.weight.detach()
    out['head.bias'] = model.head.bias.detach()
    return out
