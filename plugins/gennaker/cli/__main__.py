"""Run ``python -m gennaker.cli``."""

from gennaker.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
