"""`python -m ops`: the command line, once the environments are made."""

from ops.cli import app

app(prog_name="./ieum")
