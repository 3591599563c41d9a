"""Do the two ways through the tree find every unit above and below, and end even where the tree is broken?"""

import pytest

from survey_app.services.access.scopes import scope_of, within
from survey_app.services.organisation.tree import below, path_of
from survey_app.store import Store
from survey_app.store.models import Unit

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tree(store: Store) -> Store:
    with store.writing() as session:
        session.add(Unit(code="26734-mc", name="Bộ phận một cửa", parent_code="26734"))
        session.commit()
    return store


def test_a_path_leads_from_the_unit_to_the_top(tree: Store) -> None:
    with tree.reading() as session:
        assert path_of(session, "26734-mc") == ("26734-mc", "26734", "79")
        assert path_of(session, "79") == ("79",)
        assert path_of(session, "khong-co") == ()


def test_below_a_unit_are_itself_and_all_under_it(tree: Store) -> None:
    with tree.reading() as session:
        assert below(session, "79") == {"79", "26734", "26737", "26734-mc"}
        assert below(session, "26734", "26737") == {"26734", "26737", "26734-mc"}
        assert below(session, "khong-co") == below(session) == frozenset()


def test_a_circle_in_the_tree_ends_both_ways(tree: Store) -> None:
    with tree.writing() as session:
        session.get_one(Unit, "79").parent_code = "26734"
        session.flush()
        assert path_of(session, "26734") == ("26734", "79")
        assert below(session, "26737") == {"26737"}
        assert below(session, "79") == {"79", "26734", "26737", "26734-mc"}


def test_who_reaches_every_unit_of_a_survey_sees_the_whole_and_nobody_else(tree: Store) -> None:
    with tree.reading() as session:
        asked = ["26734", "26737"]
        assert scope_of(session, {None}, asked) is None
        assert scope_of(session, {"79"}, asked) is None
        part = scope_of(session, {"26734"}, asked)
        assert part is not None
        assert [within(part, code) for code in (*asked, "26734-mc", "79")] == [True, False, True, False]
        for reach, units in (({"79"}, []), (set(), asked), (set(), [])):
            assert scope_of(session, reach, units) is not None
