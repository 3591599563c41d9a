"""What can an operator do from the command line? Every command of ``flask --app survey_app``."""

from survey_app.commands import accounts, audit, data, installation, keys, units

COMMANDS = (
    installation.prepare,
    installation.doctor,
    installation.database_roles,
    data.snapshot,
    data.results,
    *accounts.COMMANDS,
    *audit.COMMANDS,
    keys.api_key,
    units.units,
)
