"""The residual network of 18 layers, by the names of the published files.

He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016,
table 1, the column of 18 layers.
"""

import torch
from torch import Tensor, nn

FEATURES = 512
STAGES = ((64, 1), (128, 2), (256, 2), (FEATURES, 2))
"""Channels and first stride of the four stages, of two blocks each."""


class ResNet18(nn.Module):
    """A picture's scores for each of `classes` scenes.

    `wide` leaves the pooling after the first convolution out, so that all later maps
    are twice as wide and high; the parameters are the same.
    """

    def __init__(self, classes: int, *, wide: bool) -> None:
        super().__init__()
        stem = STAGES[0][0]
        self.conv1 = nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.pool = nn.Identity() if wide else nn.MaxPool2d(3, stride=2, padding=1)
        channels = stem
        for number, (width, stride) in enumerate(STAGES, start=1):
            stage = nn.Sequential(Block(channels, width, stride), Block(width, width))
            self.add_module(f"layer{number}", stage)
            channels = width
        self.fc = nn.Linear(FEATURES, classes)

    def features(self, pictures: Tensor) -> Tensor:
        """Return (n, 512) features of (n, 3, height, width) normalised pictures."""
        maps: Tensor = self.pool(torch.relu_(self.bn1(self.conv1(pictures))))
        for number in range(1, len(STAGES) + 1):
            maps = self.get_submodule(f"layer{number}")(maps)
        # The mean over whatever size is left: 14 × 14, or 7 × 7 after pooling.
        return maps.mean(dim=(2, 3))

    def forward(self, pictures: Tensor) -> Tensor:
        """Return (n, classes) logits of (n, 3, height, width) normalised pictures."""
        logits: Tensor = self.fc(self.features(pictures))
        return logits


class Block(nn.Module):
    """Two convolutions beside a short cut, which is projected where shapes differ."""

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample: nn.Sequential | None = None
        if channels != width:
            projection = nn.Conv2d(channels, width, 1, stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(width))

    def forward(self, maps: Tensor) -> Tensor:
        """Return (n, width, height / stride, width / stride) maps of the input maps."""
        short_cut = maps if self.downsample is None else self.downsample(maps)
        maps = torch.relu_(self.bn1(self.conv1(maps)))
        maps = self.bn2(self.conv2(maps))
        return torch.relu_(maps.add_(short_cut))
