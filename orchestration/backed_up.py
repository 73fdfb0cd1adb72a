"""A night's backup of what identity keeps."""

import dagster as dg

from orchestration.changes import Record, Records, current_state
from orchestration.identity_backup import back_up, kept_models
from orchestration.notify import Notifier, message
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target
from orchestration.resources import Warehouse, path_of
from orchestration.retries import judged

BACKUPS = "CUSTOMER_360_IDENTITY_BACKUPS"
NAME = "identity_backup"


def back_up_changed(
    context: dg.OpExecutionContext, warehouse: Warehouse, notifier: Notifier
) -> None:
    """Backs up what identity keeps, where that can have changed since the last backup.

    What goes wrong ends no night: the webhook is told, and the next night backs up.
    """
    try:
        with judged("Backing up identity"), warehouse.open(context.log.info) as target:
            context.log.info(_back_up(target))
    except dg.Failure as failure:
        context.log.warning(failure.description)
        what = ("could not back up identity", str(failure.description))
        try:
            notifier.send(message(context.instance, context.run_id, *what))
        except OSError as error:
            context.log.warning(f"The webhook did not take it: {error}")


def _back_up(target: Target) -> str:
    """Makes a backup where one is wanted; says what was done."""
    folder, records = path_of(BACKUPS), Records(target)
    state = current_state(target)
    inputs = state.versions(*(model.unique_id for model in kept_models(target)))
    last = records.read().get(NAME)
    if last and last.inputs == inputs and folder.joinpath(last.built_by).is_dir():
        return f"Nothing has changed since the backup {last.built_by}"
    try:
        done = back_up(target, folder)
    except OSError as error:  # of the folder: it names no more than a path
        raise CannotRunError(str(error)) from error
    if inputs:
        with target.transaction():
            records.write({NAME: Record(inputs, done.backup.folder.name)})
    return str(done)
