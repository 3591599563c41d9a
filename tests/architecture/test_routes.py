"""Claims about every address that the application answers: each was looked at and written down."""

from pathlib import Path

from tests.survey_app.building import make_app

ROUTES = Path(__file__).with_name("routes.txt")


def test_every_route_stands_in_the_reviewed_list(tmp_path: Path) -> None:
    app = make_app(tmp_path, surfaces=("public", "staff", "api"))
    found = sorted(
        f"{rule.rule} {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
    )
    assert found == ROUTES.read_text(encoding="utf-8").splitlines()
