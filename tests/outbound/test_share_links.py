import pytest

from outbound.share_links import direct_download_url, page_message

DRIVE = "https://drive.google.com/uc?export=download&id=1AbC_d-9&confirm=t"


@pytest.mark.parametrize(
    ("shared", "direct"),
    [
        ("https://www.dropbox.com/s/abc/talk.mp3?dl=0", "https://www.dropbox.com/s/abc/talk.mp3?dl=1"),
        ("https://www.dropbox.com/s/abc/talk.mp3", "https://www.dropbox.com/s/abc/talk.mp3?dl=1"),
        (
            "https://www.dropbox.com/scl/fi/x/a.mp3?rlkey=k&st=s&dl=0",
            "https://www.dropbox.com/scl/fi/x/a.mp3?rlkey=k&st=s&dl=1",
        ),
        ("https://www.dropbox.com/s/abc/talk.mp3?raw=1", "https://www.dropbox.com/s/abc/talk.mp3?raw=1"),
        ("https://drive.google.com/file/d/1AbC_d-9/view?usp=sharing", DRIVE),
        ("https://drive.google.com/file/u/0/d/1AbC_d-9/edit", DRIVE),
        ("https://drive.google.com/open?id=1AbC_d-9", DRIVE),
        ("https://docs.google.com/uc?id=1AbC_d-9", DRIVE),
        ("https://1drv.ms/u/s!abc?e=x", "https://1drv.ms/u/s!abc?e=x&download=1"),
        (
            "https://acme-my.sharepoint.com/:v:/g/personal/a/Eabc?e=x&download=0",
            "https://acme-my.sharepoint.com/:v:/g/personal/a/Eabc?e=x&download=1",
        ),
    ],
)
def test_a_share_link_leads_to_the_file(shared: str, direct: str) -> None:
    assert direct_download_url(shared) == direct


def test_the_key_of_a_drive_link_is_kept() -> None:
    assert "resourcekey=0-k" in direct_download_url("https://drive.google.com/file/d/1AbC/view?resourcekey=0-k")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.mp3?dl=0",
        "https://evil-dropbox.com/s/abc?dl=0",
        "https://www.dropbox.com/login",
        "https://drive.google.com/drive/folders/1AbC",
        "https://acme.sharepoint.com/_layouts/15/download.aspx?share=E",
        "https://sharepoint.com.evil.example/:v:/x",
        "ftp://www.dropbox.com/s/abc",
        "http://[::1",
        "",
    ],
)
def test_any_other_url_stays_as_it_is(url: str) -> None:
    assert direct_download_url(url) == url


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://drive.usercontent.google.com/download?id=1&confirm=t", "Google Drive"),
        ("https://accounts.google.com/v3/signin", "Google Drive"),
        ("https://www.dropbox.com/scl/fi/x/a.mp3?dl=1", "Dropbox"),
        ("https://onedrive.live.com/?id=1", "OneDrive"),
        ("https://acme-my.sharepoint.com/:v:/g/x", "SharePoint"),
        ("https://acme.app.box.com/s/abc", "Box"),
        ("https://we.tl/t-abc", "WeTransfer"),
        ("https://www.youtube.com/watch?v=abc", "player"),
    ],
)
def test_a_page_in_place_of_the_file_says_what_to_do(url: str, names: str) -> None:
    message = page_message(url) or ""

    assert names in message
    assert "upload" in message


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://notdropbox.com/", "https://dropbox.com.evil.example/x"]
)
def test_of_other_pages_nothing_is_known(url: str) -> None:
    assert page_message(url) is None
