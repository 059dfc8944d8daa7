"""`python -m qa` is the command `pullquote`."""

import sys

from qa.cli import main

sys.exit(main())
