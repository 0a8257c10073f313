"""How well a model does the tasks: fixed inputs through the code that serves pages, and what a program can check."""
