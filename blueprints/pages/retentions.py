"""For how long recordings can be kept, as forms offer it."""

HOURS_IN_A_DAY = 24
RETENTIONS = [
    ("keep", "Until I delete them"),
    ("after_success", "Until they have been transcribed"),
    *((str(days * HOURS_IN_A_DAY), f"{days} day{'' if days == 1 else 's'} after that") for days in (1, 7, 30, 90, 365)),
]
