"""Does the database walk the tree of units, up and down, even where it was bent into a ring?"""

from survey_app.services.unit_tree import below, path_of
from survey_app.store import Store
from survey_app.store.models import Unit


def test_a_path_begins_with_the_unit_and_ends_at_the_top(store: Store) -> None:
    with store.writing() as session:
        session.add(Unit(code="H26", name="Sở Nội vụ", parent_code="79"))
        session.flush()
        session.add(Unit(code="H26.1", name="Phòng Cải cách hành chính", parent_code="H26"))
        session.flush()
        assert path_of(session, "H26.1") == ("H26.1", "H26", "79")
        assert path_of(session, "79") == ("79",)
        assert path_of(session, "khong-co") == ()
        assert below(session, "79") == {"79", "26734", "26737", "H26", "H26.1"}
        assert below(session, "H26") == {"H26", "H26.1"}
        assert below(session, "khong-co") == frozenset()


def test_a_ring_is_walked_once(store: Store) -> None:
    with store.writing() as session:
        session.get_one(Unit, "79").parent_code = "26734"
        session.flush()
        assert path_of(session, "26734") == ("26734", "79")
        assert below(session, "79") == {"79", "26734", "26737"}
