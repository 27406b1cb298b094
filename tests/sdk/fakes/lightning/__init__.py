"""The parts of PyTorch Lightning's documented interface that a callback and a logger meet."""

from lightning import pytorch as pytorch
