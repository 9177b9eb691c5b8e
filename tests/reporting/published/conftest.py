"""A small folder of published tables that tests damage."""

import pytest
import yaml

SHEET = {
    "source": "A paper",
    "where": "A paper, Table 1",
    "unit": "per cent",
    "released_code": "code",
    "columns": [
        {"dataset": "sketchy", "split": "sketchy-25-*", "metric": "mAP@all", "caveats": ["lists"]},
        {"dataset": "tuberlin", "split": "tuberlin-30-*", "metric": "P@100"},
    ],
    "rows": [
        {"system": "Known", "values": "54.70 –"},
        {
            "system": "Unknown",
            "values": "20 0.5",
            "code_size": 64,
            "binary": True,
            "caveats_on": {"tuberlin": ["lists"]},
        },
    ],
}
SYSTEMS = {
    "Known": {
        "year": 2019,
        "splits": {"sketchy-25-*": "sketchy-25-sake"},
        "definitions": {"mAP@all": "AP@all/voc"},
    },
    "Unknown": {},
}
FOOTNOTES = {
    "lists": {"text": "Lists differ.", "evidence": "split files"},
    "code": {"text": "From its code.", "evidence": "code"},
}


@pytest.fixture
def folder(tmp_path):
    """Writes a folder with changes laid over the sheet, the systems or the footnotes."""

    def written(sheet=(), systems=(), footnotes=()):
        (tmp_path / "tables").mkdir(exist_ok=True)
        contents = {
            "footnotes.yaml": FOOTNOTES | dict(footnotes),
            "systems.yaml": SYSTEMS | dict(systems),
            "tables/a.yaml": SHEET | dict(sheet),
        }
        for name, content in contents.items():
            (tmp_path / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
        return tmp_path

    return written
