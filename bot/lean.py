"""Leave TensorFlow out of processes that only answer messages.

Rasa imports two modules of callbacks for training neural networks wherever an entity
extractor is known, and with them TensorFlow: 350 MB and 5 s a worker, for nothing that
our pipeline runs. Their names are taken by empty modules before Rasa is imported.
Training does not use this: there Rasa registers all its components.

Call `prepare_process` before the first import of numpy or `rasa`.
"""

from __future__ import annotations

import sys
import types
from collections.abc import MutableMapping
from pathlib import Path

# Module → names that are imported from it. Only training of TensorFlow models calls them.
UNUSED = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}


THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class NotForServing:
    """Stands for a class that a serving process must never make an instance of."""

    def __init__(self, *arguments: object, **options: object) -> None:
        raise RuntimeError("this process does not train neural networks")


WIDE = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


def widen_arithmetic(
    environment: MutableMapping[str, str], cpu: Path = Path("/proc/cpuinfo")
) -> None:
    """Name a kind of processor to numpy's OpenBLAS where it would not know this one.

    The OpenBLAS that Rasa's numpy brings takes processors newer than itself for old ones
    and leaves half of their width unused; the network then trains a fifth slower.
    """
    try:
        flags = cpu.read_text(encoding="utf-8").partition("flags")[2].partition("\n")[0]
    except OSError:  # not Linux
        return
    if set(flags.split()) >= WIDE:
        environment.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def prepare_process(environment: MutableMapping[str, str]) -> None:
    """Make this process one that answers messages, one at a time, on one thread."""
    for name in THREAD_COUNTS:
        environment.setdefault(name, "1")
    environment["RASA_TELEMETRY_ENABLED"] = "false"
    skip_training_modules()


def skip_training_modules() -> None:
    """Put empty modules where Rasa looks for its TensorFlow callbacks."""
    for module_name, names in UNUSED.items():
        if module_name in sys.modules:
            continue
        module = types.ModuleType(module_name)
        for name in names:
            setattr(module, name, NotForServing)
        sys.modules[module_name] = module
