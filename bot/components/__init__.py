"""Graph components named in config.yml, one a file."""
