"""`python -m gitopsgen`."""

from gitopsgen.cli import main

raise SystemExit(main())
