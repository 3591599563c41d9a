"""How does a database come to the tables of this code? Alembic, run by the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from survey_app.store.engine import refuse_broken_promises

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def migrate(engine: Engine, revision: str = "head", *, down: bool = False) -> None:
    """Bring the database up (or down) to a revision, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        refuse_broken_promises(connection)
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
