"""A helpdesk that lives in e-mail: mail becomes cases, promises become clocks, clocks become mail."""

from importlib.metadata import version

__version__ = version("helpdesk")
