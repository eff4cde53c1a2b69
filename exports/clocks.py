"""Seconds as each kind of file writes them."""


def clock(seconds: float) -> str:
    """127.4 → "2:07", 3723 → "1:02:03": for people."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def cue_clock(seconds: float, point: str = ".") -> str:
    """3723.5 → "01:02:03.500", as WebVTT writes a timestamp; SubRip has a comma for the point."""
    whole = round(seconds * 1000)
    rest, milliseconds = divmod(whole, 1000)
    return f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}{point}{milliseconds:03}"
