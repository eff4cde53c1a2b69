import pytest

from outbound.file_names import MAX_NAME_BYTES, file_name

URL = "https://example.com/files/episode%201.mp3?sig=x/y.wav"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=talk.mp3", "talk.mp3"),
        ('attachment; filename="two words.mp3"', "two words.mp3"),
        ('attachment; filename="say \\"hi\\".mp3"', 'say "hi".mp3'),
        ('attachment; filename="a;b.mp3"', "a;b.mp3"),
        ('ATTACHMENT; FileName = "talk.mp3" ; size=3', "talk.mp3"),
        ("inline; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.mp3", "naïve €.mp3"),
        ("attachment; filename*=iso-8859-1'en'%A3.mp3", "£.mp3"),
        ("attachment; filename=\"plain.mp3\"; filename*=utf-8''%C3%BC.mp3", "ü.mp3"),
        ("attachment; filename=\"plain.mp3\"; filename*=utf-16''%C3%BC.mp3", "plain.mp3"),
        ('attachment; filename="müll.mp3"', "müll.mp3"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ('attachment; filename="C:\\talk.mp3"', "talk.mp3"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("attachment; filename*=UTF-8''a%00b%0d%0ac.mp3", "abc.mp3"),
        ("attachment; filename*=UTF-8''%E2%80%AEgpm.exe", "gpm.exe"),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="  spaced   out .mp3 "', "spaced out .mp3"),
    ],
)
def test_the_name_the_server_gives(header: str, name: str) -> None:
    assert file_name(header, URL) == name


@pytest.mark.parametrize(
    "header", [None, "", "attachment", "inline; size=3", 'attachment; filename=""', "; filename=.."]
)
def test_the_urls_name_where_the_server_gives_none(header: str | None) -> None:
    assert file_name(header, URL) == "episode 1.mp3"


@pytest.mark.parametrize("url", ["https://example.com", "https://example.com/a/", "https://example.com/%2e%2e", "x:"])
def test_no_name_where_there_is_none(url: str) -> None:
    assert file_name(None, url) is None


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = file_name(None, "https://example.com/" + "%C3%BC" * 300 + ".mp3")
    assert name is not None
    assert name.endswith("ü.mp3")
    assert len(name.encode()) <= MAX_NAME_BYTES
