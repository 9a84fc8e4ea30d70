"""Demo data: an invented shop to try everything on, and files to load one's own into it."""

from backoffice.demo import outage
from backoffice.demo.service import DemoCustomer, import_file, load, show, stories

__all__ = ["DemoCustomer", "import_file", "load", "outage", "show", "stories"]
