"""config.yaml -> one frozen, validated Config; every error names file, line, key and the likely fix."""

from monitor.config.load import config_schema, load_config
from monitor.config.models import Config

__all__ = ["Config", "config_schema", "load_config"]
