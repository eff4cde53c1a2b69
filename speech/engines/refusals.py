"""What keeps the engine from starting, said in one line to whoever runs it."""


class CannotStart(RuntimeError):
    """The engine cannot work with its settings as things are; the message names the setting and what to do."""
