"""Capture: what a run records of the process around it, beside the training and never on its thread.

============  ========================================================================================================
``git``       commit, branch, remote, and whether files differ from the commit, with the difference as `git.diff`
``command``   the command line, the script or notebook, the working folder
``packages``  the installed packages, as the artifact `packages.txt`
``host``      machine, system, processors, memory, GPUs, user
``seeds``     random seeds as far as they can be seen
``system``    processor, memory, disk, network and GPU figures over time, as series under `system.`
``console``   what is printed, line by line, as the log `console`
``env``       environment variables; off unless named
============  ========================================================================================================

`choice` says which of them, `facts` reads those of one moment, `watch` holds the thread for those that go on.
"""
