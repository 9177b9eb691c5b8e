"""How fast a network on features is trained; prints JSON.

Pairs of a photo and a sketch with an item of another class beside each, as ZSEoC is trained: the same network, batches,
losses and optimiser in a plain loop that gathers rows by index, in a plain DataLoader, and in the library's loop; then
there with the fused optimiser. Features are memory-mapped; what the process has to keep of them besides is reported.
Run ``python benchmarks/training.py``, and ``ZSR_THREADS=1 torchrun --nproc-per-node 2 benchmarks/training.py`` for two
processes that share the library's batches.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset

from zsr_lib.files import write_text
from zsr_lib.settings import threads
from zsr_lib.training.config import Run, TrainingConfig
from zsr_lib.training.device import mapped
from zsr_lib.training.loop import train
from zsr_lib.training.processes import together
from zsr_lib.training.reproducible import pinned
from zsr_lib.training.sampling import ClassPairs, PairRows

FEATURES, CODE, CLASSES = 1280, 300, 15
NAMES = ("photo", "sketch", "other_photo", "other_sketch")


class Net(nn.Module):
    """ZSEoC's: a linear encoder, classifier and decoder for each modality."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.encode, self.classify, self.decode = (
            nn.ModuleDict({name: nn.Linear(*sizes) for name in NAMES[:2]})
            for sizes in ((FEATURES, CODE), (CODE, CLASSES), (CODE, FEATURES))
        )

    def losses(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Four terms of (N, D) features and (N,) labels."""
        a, b, other_a, other_b = (self.encode[name.removeprefix("other_")](batch[name]) for name in NAMES)
        rebuilt = self.decode["photo"](a) - batch["sketch"], self.decode["sketch"](b) - batch["photo"]
        near, far = (a - b).norm(dim=1), ((a - other_b).norm(dim=1), (b - other_a).norm(dim=1))
        scores = self.classify["photo"](a), self.classify["sketch"](b)
        return {
            "latent": (a - b).square().sum(dim=1).mean() / CODE,
            "triplet": sum((near - each + 1).relu().mean() for each in far),
            "classification": sum(cross_entropy(each, batch["labels"]) for each in scores),
            "reconstruction": sum(each.square().mean() for each in rebuilt),
        }


def gathered(tables: dict[str, Tensor], rows: PairRows) -> dict[str, Tensor]:
    """The features and labels of a batch."""
    found = {name: tables[name][torch.as_tensor(own)] for name, own in rows.own.items()}
    found |= {f"other_{name}": tables[name][torch.as_tensor(other)] for name, other in rows.other.items()}
    return found | {"labels": torch.as_tensor(rows.labels)}


class Pairs(Dataset):
    """One pair an item, in the order of the batches, as a DataLoader wants it."""

    def __init__(self, tables: dict[str, Tensor], draw: ClassPairs, steps: int) -> None:
        self.tables, self.rows = tables, [draw(number) for number in range(steps)]

    def __len__(self) -> int:
        return len(self.rows) * len(self.rows[0].labels)

    def __getitem__(self, place: int) -> dict[str, Tensor]:
        batch, row = divmod(place, len(self.rows[0].labels))
        return gathered(self.tables, mapped(self.rows[batch], lambda each: each[row]))


def plainly(batches: Iterator[dict[str, Tensor]], config: TrainingConfig) -> list[float]:
    """The loss curve of the shortest loop there is."""
    net, curve = Net(), []
    optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate)
    for batch in batches:
        optimizer.zero_grad()
        total = sum(net.losses(batch).values())
        total.backward()
        optimizer.step()
        curve.append(total.item())
    return curve


def by_the_library(tables: dict[str, Tensor], draw: ClassPairs, config: TrainingConfig) -> list[float]:
    """The loss curve of `zsr_lib.training.loop.train`."""
    net = Net()
    history = train(net, draw, lambda rows: net.losses(gathered(tables, rows)), config, Run(progress=False))
    return history.curve("total")[1]


def measured(name: str, action: Callable[[], list[float]], pairs: int) -> dict:
    """Pairs per second of wall and of processor time, memory of the process's own, and the last loss."""
    before = own_memory()
    wall, processor = time.perf_counter(), time.process_time()
    curve = action()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    found = {"loop": name, "pairs_per_s": round(pairs / wall), "pairs_per_processor_s": round(pairs / processor)}
    return found | {"memory_mb": round(own_memory() - before, 1), "loss": curve[-1], "curve": curve}


def own_memory() -> float:
    """Megabytes that belong to this process alone: no memory-mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def main() -> None:
    """Measures, prints one JSON document, and writes it to a folder when one is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--photos", type=int, default=2500)
    parser.add_argument("--out", type=Path, help="folder for training.json")
    arguments = parser.parse_args()
    config = TrainingConfig(steps=arguments.steps, batch_size=128)
    with together() as processes, pinned(), tempfile.TemporaryDirectory() as folder:
        random, labels, tables = np.random.default_rng(0), {}, {}
        for name, count in {"photo": arguments.photos, "sketch": 500}.items():
            labels[name] = np.arange(count) % CLASSES
            centres = np.random.default_rng(1).normal(size=(CLASSES, FEATURES))
            noisy = (centres[labels[name]] + random.normal(size=(count, FEATURES))).astype(np.float32)
            np.save(f"{folder}/{name}.npy", noisy)
            tables[name] = torch.from_numpy(np.load(f"{folder}/{name}.npy", mmap_mode="c"))
        draw, pairs = ClassPairs(labels, config.batch_size), config.steps * config.batch_size
        loops = {
            "plain index loop": lambda: plainly((gathered(tables, draw(n)) for n in range(config.steps)), config),
            "plain DataLoader": lambda: plainly(
                iter(DataLoader(Pairs(tables, draw, config.steps), config.batch_size)), config
            ),
            "zsr_lib": lambda: by_the_library(tables, draw, config),
            "zsr_lib, fused": lambda: by_the_library(tables, draw, replace(config, fused=True)),
        }
        if processes.count > 1:  # only the library's loop shares its batches out
            loops = {name: loop for name, loop in loops.items() if name.startswith("zsr_lib")}
        loops["zsr_lib"]()  # the first call imports and warms up
        results = [measured(name, loop, pairs) for name, loop in loops.items()]
    first = results[0]["curve"]
    for each in results:
        each["largest_difference_of_curves"] = float(np.abs(np.subtract(each.pop("curve"), first)).max())
    about = {"cores": os.cpu_count(), "threads": threads(), "processes": processes.count, "torch": torch.__version__}
    text = json.dumps(about | {"photos": arguments.photos, "steps": config.steps, "results": results}, indent=2)
    if processes.first:
        print(text)
        if arguments.out:
            write_text(arguments.out / "training.json", text + "\n")


if __name__ == "__main__":
    main()
