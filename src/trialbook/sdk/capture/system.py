"""Figures of the machine over time, as series under `system.`: percent, bytes, and bytes a second.

``system.cpu.percent`` ``system.memory.percent`` ``system.disk.percent`` are of the machine (the disk is that of the
working folder), ``system.process.*`` of the training process, ``system.gpu.<n>.*`` of each NVIDIA GPU (NVML).
"""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "system."


class Sampler:
    """Reads the figures. One per process; the first call gives none that need two moments."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        import psutil

        self._psutil = psutil
        self._clock = clock
        self._process = psutil.Process()
        self._process.cpu_percent(None)
        psutil.cpu_percent(None)
        self._before: tuple[float, dict[str, float]] = (clock(), self._counters())
        self.gpus = Gpus()

    def sample(self) -> dict[str, float]:
        """Give the figures of now by name; one that cannot be read is left out."""
        figures: dict[str, float] = {}
        for read in (self._machine, self._of_process, self._rates, self.gpus.sample):
            try:
                figures.update(read())
            except Exception:  # noqa: BLE001, S112 - containers hide some of it, each in its own way
                continue
        return figures

    def _machine(self) -> dict[str, float]:
        memory = self._psutil.virtual_memory()
        return {
            "system.cpu.percent": self._psutil.cpu_percent(None),
            "system.memory.percent": memory.percent,
            "system.memory.used_bytes": memory.total - memory.available,
            "system.disk.percent": self._psutil.disk_usage(".").percent,
        }

    def _of_process(self) -> dict[str, float]:
        with self._process.oneshot():
            return {
                "system.process.cpu_percent": self._process.cpu_percent(None),
                "system.process.memory_bytes": self._process.memory_info().rss,
                "system.process.threads": self._process.num_threads(),
            }

    def _counters(self) -> dict[str, float]:
        counted: dict[str, float] = {}
        disk, network = self._psutil.disk_io_counters(), self._psutil.net_io_counters()
        if disk is not None:
            counted |= {"system.disk.read": disk.read_bytes, "system.disk.write": disk.write_bytes}
        if network is not None:
            counted |= {"system.network.received": network.bytes_recv, "system.network.sent": network.bytes_sent}
        return counted

    def _rates(self) -> dict[str, float]:
        now, counted = self._clock(), self._counters()
        then, before = self._before
        self._before = now, counted
        passed = now - then
        if passed <= 0:
            return {}
        return {
            f"{name}_bytes_per_second": (counted[name] - before[name]) / passed for name in counted if name in before
        }


class Gpus:
    """NVIDIA GPUs through NVML; none where the library or the driver is missing."""

    def __init__(self, library: Any = None) -> None:
        self._nvml = library
        self._handles: list[Any] = []
        try:
            if library is None:
                self._nvml = importlib.import_module("pynvml")
            self._nvml.nvmlInit()
            self._handles = [self._nvml.nvmlDeviceGetHandleByIndex(n) for n in range(self._nvml.nvmlDeviceGetCount())]
        except Exception:  # noqa: BLE001 - no GPU, no driver, no library: all the same here
            self._handles = []

    def names(self) -> list[str]:
        """Name the GPUs."""
        named = [self._nvml.nvmlDeviceGetName(handle) for handle in self._handles]
        return [one.decode() if isinstance(one, bytes) else str(one) for one in named]

    def sample(self) -> dict[str, float]:
        """Give utilisation, memory, temperature and power of each."""
        figures: dict[str, float] = {}
        for number, handle in enumerate(self._handles):
            for name, read in self._readings(handle).items():
                try:
                    figures[f"system.gpu.{number}.{name}"] = read()
                except Exception:  # noqa: BLE001, S112 - each card supports some of it
                    continue
        return figures

    def _readings(self, handle: Any) -> dict[str, Callable[[], float]]:
        nvml = self._nvml
        return {
            "percent": lambda: float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
            "memory_bytes": lambda: float(nvml.nvmlDeviceGetMemoryInfo(handle).used),
            "memory_percent": lambda: 100.0 * _share(nvml.nvmlDeviceGetMemoryInfo(handle)),
            "celsius": lambda: float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
            "watts": lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000.0,
        }


def _share(memory: Any) -> float:
    return float(memory.used / memory.total)
