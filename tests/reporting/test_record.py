from zsr_lib.reporting.gate import NEEDED
from zsr_lib.reporting.record import LIBRARIES, Provenance, library_checksum


def test_provenance_has_all_that_the_gate_needs():
    record = Provenance.now({"eoc": "aa"}).as_dict()
    assert all(record[name] for name in NEEDED)
    assert set(LIBRARIES) < set(record["versions"])


def test_the_library_is_named_by_its_sources():
    assert library_checksum() == library_checksum()
    assert len(library_checksum()) == 64
