# SPDX-License-Identifier: Apache-2.0
"""The encoder: a thin residual network (basic blocks 1, 1, 2, 1), 128 x 128 x 3 -> 128 numbers."""
import torch
import torch.nn.functional as F
from torch import nn

WIDTH = 32
DIMENSION = 128
BLOCKS = (1, 1, 2, 1)  # of each stage; every stage but the first halves the map


def block_names(blocks=BLOCKS):
    """(name, stage, stride) of every block; '_' here is '.' in the weights file."""
    return [(f'stage{s + 1}_block{b + 1}', s, 2 if s and not b else 1)
            for s, n in enumerate(blocks) for b in range(n)]


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
        self.blocks = nn.ModuleDict()
        for name, stage, stride in block_names():
            self.blocks[name] = Block(inputs, width << stage, stride)
            inputs = width << stage
        self.head = nn.Linear(inputs, dimension)

    def features(self, x):
        x = F.relu(self.normalise(F.max_pool2d(self.stem(x), 3, 2, 1)))
        for block in self.blocks.values():
            x = block(x)
        return x.mean((2, 3))

    def normalise(self, x):
        """After pooling, on a quarter of the numbers: with a factor that is not negative it is the
        same as before it, as the folded network has it."""
        norm = self.norm
        return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight.abs(), norm.bias,
                            norm.training, norm.momentum)

    def forward(self, x):
        return F.normalize(self.head(self.features(x)), dim=1)


class Folded(nn.Module):
    """The same network with batch normalisation folded: what ships and what C runs."""

    def __init__(self, tensors, blocks=BLOCKS):
        super().__init__()
        strides = {name: stride for name, _, stride in block_names(blocks)}
        self.layers = nn.ModuleDict()
        for key in sorted({key.rsplit('.', 1)[0] for key in tensors}):
            weight, bias = tensors[key + '.weight'].float(), tensors[key + '.bias'].float()
            name = key.replace('.', '_')
            if weight.ndim == 2:
                layer = nn.Linear(weight.shape[1], weight.shape[0])
            else:
                block, part = name.rsplit('_', 1) if '_' in name else ('', name)
                stride = 2 if part == 'stem' else 1 if part == 'conv2' else strides[block]
                size = weight.shape[2]
                layer = nn.Conv2d(weight.shape[1], weight.shape[0], size, stride, size // 2)
            layer.weight.data, layer.bias.data = weight, bias
            self.layers[name] = layer
        self.names = [name for name, _, _ in block_names(blocks)]

    def block(self, name: str, x):
        y = F.relu(self.layers[name + '_conv1'](x))
        shortcut = name + '_shortcut'
        z = self.layers[shortcut](x) if shortcut in self.layers else x
        return y, F.relu(self.layers[name + '_conv2'](y) + z)

    def steps(self, x):
        """Yields (name, activation) after every layer, for comparison with the C program."""
        x = F.relu(self.layers['stem'](x))
        yield 'stem', x
        x = F.max_pool2d(x, 3, 2, 1)
        yield 'pool', x
        for name in self.names:
            y, x = self.block(name, x)
            yield name.replace('_', '.') + '.conv1', y
            yield name.replace('_', '.') + '.conv2', x
        x = x.mean((2, 3))
        yield 'mean', x
        yield 'vector', F.normalize(self.layers['head'](x), dim=1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.layers['stem'](x)), 3, 2, 1)
        for name in self.names:
            x = self.block(name, x)[1]
        return F.normalize(self.layers['head'](x.mean((2, 3))), dim=1)


def fold(model):
    """Names and float tensors of the folded network."""
    out = {}

    def put(name, conv, norm):
        weight = norm.weight.abs() if norm is model.norm else norm.weight
        scale = weight / torch.sqrt(norm.running_var + norm.eps)
        out[name + '.weight'] = (conv.weight * scale[:, None, None, None]).detach()
        out[name + '.bias'] = (norm.bias - norm.running_mean * scale).detach()

    put('stem', model.stem, model.norm)
    for name, block in model.blocks.items():
        name = name.replace('_', '.')
        put(name + '.conv1', block.conv1, block.norm1)
        put(name + '.conv2', block.conv2, block.norm2)
        if block.shortcut is not None:
            put(name + '.shortcut', block.shortcut, block.norm3)
    out['head.weight'] = model.head.weight.detach()
    out['head.bias'] = model.head.bias.detach()
    return out
