"""Check domain, rules and examples against one another: `python -m bot.validate`.

Rasa's own data validation, over the repository's files. Exit status 0 when they fit.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def is_valid(*, training_data: Path, config: Path, domain: Path) -> bool:
    """Whether the files fit together; what does not is logged as a warning."""
    os.environ.update({"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"})
    import structlog
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING)
    )
    importer = TrainingDataImporter.load_from_config(
        str(config), str(domain), [str(training_data)]
    )
    validator = Validator.from_importer(importer)
    return all(
        (
            validator.verify_domain_validity(),
            validator.verify_actions_in_stories_rules(),
            validator.verify_form_slots(),
            validator.verify_slot_mappings(),
            validator.verify_nlu(ignore_warnings=True),
            validator.verify_story_structure(ignore_warnings=False),
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Validate as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.validate")
    parser.add_argument("--training-data", default=ROOT / "data", type=Path)
    parser.add_argument("--config", default=ROOT / "config.yml", type=Path)
    parser.add_argument("--domain", default=ROOT / "domain.yml", type=Path)
    options = parser.parse_args(arguments)
    valid = is_valid(
        training_data=options.training_data,
        config=options.config,
        domain=options.domain,
    )
    print("valid" if valid else "not valid: see the warnings above")
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main())
