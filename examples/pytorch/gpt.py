"""A small GPT: rotary positions, causal attention, MLPs. B rows, T tokens, H heads, D numbers per token."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

VOCABULARY = 470  # The token ids of the task.


@dataclass
class Config:
    layers: int = 2
    heads: int = 4
    width: int = 64
    vocabulary: int = VOCABULARY


class Rotary(nn.Module):
    """Rotates pairs of numbers by angles that grow with the position (Su et al. 2021, arXiv:2104.09864)."""

    def __init__(self, head_width: int, base: float = 10_000.0):
        super().__init__()
        exponents = torch.arange(0, head_width, 2).float() / head_width
        self.register_buffer("frequencies", base**-exponents, persistent=False)

    def forward(self, x: Tensor, position_ids: Tensor) -> Tensor:
        """x: [B, H, T, D/H]; position_ids: [B, T]"""
        angles = position_ids[:, None, :, None].float() * self.frequencies
        cos, sin = angles.cos(), angles.sin()
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class Attention(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.heads = config.heads
        self.head_width = config.width // config.heads
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.output = nn.Linear(config.width, config.width)
        self.rotary = Rotary(self.head_width)

    def forward(self, x: Tensor, position_ids: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, self.head_width).transpose(1, 2)

        query = self.rotary(split(self.query(x)), position_ids)
        key = self.rotary(split(self.key(x)), position_ids)
        scores = query @ key.transpose(-2, -1) / math.sqrt(self.head_width) + mask
        mixed = scores.softmax(dim=-1) @ split(self.value(x))
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.mlp_norm = nn.LayerNorm(config.width)
        self.mlp = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(),
            nn.Linear(4 * config.width, config.width),
        )

    def forward(self, x: Tensor, position_ids: Tensor, mask: Tensor) -> Tensor:
        x = x + self.attention(self.attention_norm(x), position_ids, mask)
        return x + self.mlp(self.mlp_norm(x))


class GPT(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.logits = nn.Linear(config.width, config.vocabulary, bias=False)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
        self.logits.weight = self.embedding.weight  # One table for input and output.

    def forward(self, input_ids: Tensor, position_ids: Tensor) -> Tensor:
        """input_ids, position_ids: [B, T] integers. Returns logits [B, T, vocabulary]."""
        length = input_ids.shape[1]
        # Large and finite: a token may attend to itself and to earlier ones.
        mask = torch.full((length, length), -1e9, device=input_ids.device).triu(1)
        x = self.embedding(input_ids)
        for block in self.blocks:
            x = block(x, position_ids, mask)
        return self.logits(self.norm(x))
