"""
The commands: ``airflow gennaker <command>``, or ``python -m gennaker.cli <command>`` where Airflow is not up
yet.

Every public module or package here is one command (``main`` aside): its docstring's first line is the help,
its ``configure(parser)`` declares the arguments, its ``run(arguments)`` does the work and returns the exit
status. Nothing else has to be edited to add one. A command imports what it needs when it runs, so that
listing the commands stays cheap.
"""
