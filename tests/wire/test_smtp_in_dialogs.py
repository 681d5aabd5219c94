"""The dialogs of `dialogs/`, word for word over a real socket."""

from pathlib import Path

import pytest

from .dialog import play

DIALOGS = sorted(Path(__file__).with_name("dialogs").glob("*.dialog"))


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_the_dialog_goes_as_written(path):
    play(path)
