"""Stands in for dbt where SQL is linted, which needs no dbt, no profile and no warehouse then.

Macros, this project's and dbt's own, are read from their files, and a call of one is written as
short as SQL can be: what a macro writes is not the model's to put in order.

    a query (the macro's text begins with `select` or `with`)    select * from <the CTEs it reads>
    columns (its text ends with a comma)                         <name>() as <name>,
    all else is an expression                                    <name>(<columns in its arguments>)

Columns are the ones that name their table (`orders.net_amount`): no table, no alias and no CTE that
a macro reads shall seem unused.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import yaml

PROJECT = Path(__file__).resolve().parents[2]

COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\((.*?)\)\s*-?%}(.*?){%-?\s*endmacro", re.DOTALL)
BLOCK = re.compile(r"{%.*?%}|--[^\n]*", re.DOTALL)
VALUE = re.compile(r"{{.*?}}", re.DOTALL)
QUERY = re.compile(r"[@\s]*(select|with)\b")
PARAMETER = re.compile(r"(?:^|,)\s*(\w+)")
VALUE_OF_CALL = re.compile(r"\s*{{-?\s*(\w+)\(")
CALL = re.compile(r"\b(\w+)\(")
READ_CTE = re.compile(r"\b(?:from|join)\s+(\w+)\b(?!\s*\()")
READ_PARAMETER = re.compile(r"\b(?:from|join)\s+{{-?\s*(\w+)\s*-?}}")
COLUMN = re.compile(r"\b[a-z_]\w*\.[a-z_]\w*\b", re.IGNORECASE)

# What dbt knows beside its macros; sqlfluff knows `config`, `is_incremental`, `return` and `this`.
OF_DBT = (
    "adapter", "api", "builtins", "dbt_version", "env_var", "exceptions", "flags", "fromjson",
    "fromyaml", "graph", "invocation_id", "local_md5", "log", "model", "modules", "print",
    "project_name", "run_started_at", "schemas", "selected_resources", "set", "set_strict",
    "target", "thread_id", "tojson", "toyaml",
)  # fmt: skip


class Answer(str):
    """What dbt would answer, as text: a name of which all can be asked and that holds no items."""

    # Jinja's sandbox asks this of all that it calls.
    unsafe_callable = False
    alters_data = False

    def __getattr__(self, name: str) -> "Answer":
        if name.startswith("_"):
            raise AttributeError(name)
        return Answer(name)

    def __call__(self, *args: Any, **kwargs: Any) -> "Answer":
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(())


class Macro(NamedTuple):
    """A macro as it is written: the names of its parameters, and all between macro and endmacro."""

    parameters: list[str]
    body: str

    @property
    def text(self) -> str:
        """The SQL in it, `@` for each value that Jinja puts in."""
        return VALUE.sub("@", BLOCK.sub("", self.body)).strip()


def read_macros(folder: Path) -> dict[str, Macro]:
    """All macros below a folder. What `duckdb__x` and `default__x` write, `x` writes."""
    macros: dict[str, Macro] = {}
    for path in sorted(folder.rglob("*.sql")):
        for name, parameters, body in MACRO.findall(COMMENT.sub("", path.read_text("utf-8"))):
            macros[name] = Macro(PARAMETER.findall(parameters), body)
    for name, form in list(macros.items()):
        called = name.split("__")[-1]
        if called != name and called in macros:
            macro = macros[called]
            macros[called] = macro._replace(body=macro.body + form.body)
    return macros


def texts(value: Any) -> list[str]:
    """All text in an argument."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def is_query(name: str, macros: dict[str, Macro]) -> bool:
    """Whether a macro writes a query, or what another one writes and that is one."""
    macro = macros[name]
    if not macro.text.strip("@"):
        calls = VALUE_OF_CALL.match(macro.body)
        return calls is not None and calls[1] in macros and is_query(calls[1], macros)
    return QUERY.match(macro.text) is not None


def write(name: str, macros: dict[str, Macro], /, *args: Any, **kwargs: Any) -> Answer:
    """What stands for a call of a macro, as the module says."""
    macro = macros[name]
    if macro.text.endswith(","):
        return Answer(f"{name}() as {name},")
    if not is_query(name, macros):
        return Answer(f"{name}({', '.join(COLUMN.findall(' '.join(texts([args, kwargs]))))})")
    read = READ_PARAMETER.findall(macro.body)
    if any(is_query(other, macros) for other in CALL.findall(macro.body) if other in macros):
        # The other query may read whatever it is handed.
        read = macro.parameters
    given = dict(zip(macro.parameters, args, strict=False)) | kwargs
    words = [word for parameter in read for word in texts(given.get(parameter))]
    ctes = READ_CTE.findall(macro.text) + [word for word in words if word.isidentifier()]
    return Answer(f"select * from {', '.join(dict.fromkeys(ctes)) or name}")


def stubs(folder: Path) -> dict[str, Callable[..., Answer]]:
    """What stands in for each macro below a folder."""
    macros = read_macros(folder)
    return {name: partial(write, name, macros) for name in macros}


def names() -> dict[str, Any]:
    """All that a model can name."""
    spec = find_spec("dbt.include.global_project")
    assert spec and spec.origin
    of_dbt = stubs(Path(spec.origin).parent / "macros")
    # The loader in C, since each file that is linted reads this anew.
    project = yaml.load((PROJECT / "dbt_project.yml").read_bytes(), yaml.CSafeLoader)
    return {
        **{name: Answer(name) for name in OF_DBT},
        **of_dbt,
        **stubs(PROJECT / "macros"),
        "dbt": SimpleNamespace(**of_dbt),
        "execute": False,
        # Never to be taken for the CTE that imports it.
        "ref": lambda name, of_package=None, **version: Answer(f"ref.{of_package or name}"),
        "source": lambda source_name, table_name: Answer(f"{source_name}.{table_name}"),
        "var": project["vars"].get,
    }
