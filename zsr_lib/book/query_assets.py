"""The assets of the page "Draw a query", made once for each system, data and state of the library."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import zsr_lib
from zsr_lib.book.query_files import MANIFEST, write_assets
from zsr_lib.book.query_gallery import query_gallery
from zsr_lib.files import explained, sha256_of
from zsr_lib.models.saving import DESCRIPTION, TENSORS
from zsr_lib.reporting.dependencies import library_files
from zsr_lib.search.embedding import embedder

FOLDER = "query"
"""Name of the assets' folder among the built site's static files; ``draw_a_query.js`` looks there."""
LIBRARIES = ("numpy", "onnx", "onnxscript", "pillow", "torch")


@dataclass(frozen=True)
class QueryAssets:
    """What the assets are made of, and where they are kept.

    Attributes:
        kept: Where assets stay from build to build, a folder for each key.
        system: Folder of a fitted system as `zsr_lib.models.saving.save` writes it.
        data: ``real`` or ``generated``.
        fingerprint: `zsr_lib.book.rebuild_key.data_fingerprint` of the data root.
    """

    kept: Path
    system: Path
    data: str
    fingerprint: str

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything that the assets depend on: 64 hexadecimal digits."""
        library = Path(zsr_lib.__file__).parent
        files = library_files(f"import {__name__}", library)
        facts = {
            "data": [self.data, self.fingerprint],
            "system": [sha256_of(self.system / name) for name in (DESCRIPTION, TENSORS)],
            "library": [[str(file.relative_to(library)), sha256_of(file)] for file in files],
            "versions": {name: version(name) for name in LIBRARIES},
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def ensure(self) -> Path:
        """The folder of assets, made if there is none with this key; older ones are removed.

        Raises:
            ZsrError: The system cannot be exported, data are missing, or the disk is full.
        """
        target = self.kept / self.key[:16]
        if (target / MANIFEST).is_file():
            return target
        with explained(self.kept):
            self.kept.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.kept, prefix=".", ignore_cleanup_errors=True) as folder:
                self._write(Path(folder) / FOLDER)
                shutil.rmtree(target, ignore_errors=True)
                (Path(folder) / FOLDER).rename(target)
            for other in self.kept.iterdir():
                if other != target:
                    shutil.rmtree(other, ignore_errors=True)
        return target

    def _write(self, folder: Path) -> None:
        opened = embedder(self.system)
        write_assets(folder, opened, query_gallery(self.data, opened.size), build=self.key[:16])
