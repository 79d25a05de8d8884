"""The program: command line, settings, wiring and the demo street."""
