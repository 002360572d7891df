"""Quarantine holds until it is released."""

from models.base import quarantine


def test_it_holds_from_begin_to_release(db):
    with db.read():
        assert not quarantine.in_quarantine()
        assert quarantine.quarantined_since() is None
    db.write(quarantine.begin, "restored")
    db.write(quarantine.begin, "restored again")
    with db.read():
        assert quarantine.in_quarantine()
        assert quarantine.quarantined_since() is not None
    assert db.write(quarantine.release)
    assert not db.write(quarantine.release)
    with db.read():
        assert not quarantine.in_quarantine()
