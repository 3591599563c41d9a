"""Is a wording that was in the field kept as it was?"""

from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.loader import QuestionnaireRefused
from questionnaires.publish import (
    BUILT_IN_REGISTER,
    PublishedFileChanged,
    publish,
    published_hashes,
    refuse_a_change,
    register_for,
)
from tests.questionnaires.builders import SOUND, sound


def test_publishing_enters_the_hash_beside_the_offices_file(tmp_path: Path) -> None:
    form = sound(tmp_path)
    assert publish(tmp_path / "mau.toml")
    assert published_hashes(tmp_path / "published.toml") == {"mau": form.hash}


def test_publishing_again_changes_nothing(tmp_path: Path) -> None:
    sound(tmp_path)
    publish(tmp_path / "mau.toml")
    before = (tmp_path / "published.toml").read_bytes()
    assert not publish(tmp_path / "mau.toml")
    assert (tmp_path / "published.toml").read_bytes() == before


def test_publishing_keeps_what_was_published_before(tmp_path: Path) -> None:
    sound(tmp_path)
    publish(tmp_path / "mau.toml")
    (tmp_path / "khac.toml").write_text(SOUND.replace('id = "mau"', 'id = "khac"'), "utf-8")
    publish(tmp_path / "khac.toml")
    assert list(published_hashes(tmp_path / "published.toml")) == ["khac", "mau"]


def test_a_changed_published_file_is_refused_and_sent_to_a_new_version(tmp_path: Path) -> None:
    sound(tmp_path)
    publish(tmp_path / "mau.toml")
    before = (tmp_path / "published.toml").read_bytes()
    sound(tmp_path, ("Biển hiệu rõ ràng", "Biển hiệu rất rõ ràng"))
    with pytest.raises(PublishedFileChanged, match='lập phiên bản mới với mã mới, ví dụ "mau-b"'):
        publish(tmp_path / "mau.toml")
    assert (tmp_path / "published.toml").read_bytes() == before


def test_a_file_with_faults_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "mau.toml").write_text(SOUND.replace('"number"', '"stars"'), "utf-8")
    with pytest.raises(QuestionnaireRefused):
        publish(tmp_path / "mau.toml")
    assert not (tmp_path / "published.toml").exists()


def test_an_offices_file_cannot_be_published_under_a_built_in_id(tmp_path: Path) -> None:
    (tmp_path / "kiosk-5.toml").write_text(SOUND.replace('id = "mau"', 'id = "kiosk-5"'), "utf-8")
    with pytest.raises(PublishedFileChanged):
        publish(tmp_path / "kiosk-5.toml")


def test_a_file_that_was_never_published_may_change(tmp_path: Path) -> None:
    form = sound(tmp_path)
    assert refuse_a_change(tmp_path / "mau.toml") == form.hash


def test_the_definitions_belong_to_the_products_register() -> None:
    assert register_for(library.BUILT_IN / "kiosk-5.toml") == BUILT_IN_REGISTER
