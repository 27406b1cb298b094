"""`python -m trialbook`: the command, for callers that know the interpreter and not the scripts' folder."""

from trialbook.cli import main

main()
