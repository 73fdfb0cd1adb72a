"""What a model can name, for sqlfluff's Jinja templater: every name of this package is one."""

from .stubs import names

globals().update(names())
