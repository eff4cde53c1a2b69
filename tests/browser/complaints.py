"""What pages complain of while a test looks at them, and which of it the test expects."""

from playwright.sync_api import ConsoleMessage, Error, Page, Response

# What browser and htmx say in the console of an answer that is no success; here the answers themselves are looked at.
OF_AN_ANSWER = ("Failed to load resource", "Response Status Error Code")
# What htmx says of a request that a newer one takes the place of, as of each letter that is typed into a search; the
# second it says of every request without an answer, beside its cause.
OF_A_REPLACED_REQUEST = ("htmx:sendAbort", "htmx:afterRequest")
# A form that comes back with its messages is how the pages work.
REJECTED = 422

# Chromium's own words about the policy differ between versions; this says the same of every violation.
TELL_OF_THE_POLICY = """
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`policy: ${violatedDirective} forbids ${blockedURI} (${sourceFile}:${lineNumber})`));
"""


class Complaints:
    """Errors of scripts and in the console, violations of the policy, and answers of ours that were no success."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._heard: list[str] = []
        self._expected: list[str] = []

    def expect(self, words: str) -> None:
        """What has these words in it is in order, and has to come: `complaints.expect("404")`."""
        self._expected.append(words)

    def listen(self, page: Page) -> None:
        page.on("pageerror", self._of_script)
        page.on("console", self._of_console)
        page.on("response", self._of_answer)
        page.on("crash", lambda _: self._heard.append("the page crashed"))

    def check(self) -> None:
        unexpected = [each for each in self._heard if not any(words in each for words in self._expected)]
        assert not unexpected, f"a page complained: {unexpected}"
        missing = [words for words in self._expected if not any(words in each for each in self._heard)]
        assert not missing, f"no page complained of: {missing}"

    def _of_script(self, error: Error) -> None:
        self._heard.append(f"script: {error}")

    def _of_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(OF_AN_ANSWER + OF_A_REPLACED_REQUEST):
            self._heard.append(f"console: {message.text}")

    def _of_answer(self, response: Response) -> None:
        is_ours = response.url.startswith(self._site)
        if is_ours and response.status >= 400 and response.status != REJECTED:
            self._heard.append(f"{response.status} of {response.request.method} {response.url}")
