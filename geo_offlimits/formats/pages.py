"""Pages made for paper: the templates beside this module, and nothing else, are ever compiled.

Everything of the register or an edition is passed as a variable and escaped.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

STYLE = Path(__file__).parent / "templates" / "paper.css"


@cache
def template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("geo_offlimits.formats"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
