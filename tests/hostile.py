"""Strings that something might run, read as a command, or stumble over, each of them as anybody may type it.

What runs calls `pwned()`, which a page that is looked at reports. The list is our own.
"""

# Markup that runs something: by an element, by an event, by an address, by leaving what it stands in.
MARKUP = [
    "<script>pwned()</script>",
    "</script><script>pwned()</script>",
    "<ScRiPt >pwned()</sCrIpT\n>",
    "<img src=x onerror=pwned()>",
    '"><img src=x onerror="pwned()">',
    "'><svg onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
    "<details open ontoggle=pwned()>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<object data='javascript:pwned()'></object>",
    "<a href='javascript:pwned()'>a</a>",
    "<form action=/logout method=post><input type=submit autofocus onfocus=pwned()>",
    '" onmouseover="pwned()" autofocus onfocus="pwned()" x="',
    "' autofocus onfocus='pwned()' x='",
    "`onload=pwned()`",
    "</textarea><script>pwned()</script>",
    "</title></head><body onload=pwned()>",
    "</style><script>pwned()</script><style>",
    "--><script>pwned()</script><!--",
    "<![CDATA[<script>pwned()</script>]]>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<div hx-get=/logout hx-trigger=load>x</div>",
    "<div hx-on:load=pwned() data-hx-post=/trash/empty hx-trigger=load></div>",
    "<template shadowrootmode=open><script>pwned()</script></template>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwned()>",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "&#x3C;script&#x3E;pwned()&#x3C;/script&#x3E;",
    "javascript:pwned()",
    "JaVaScRiPt:pwned()//",
    "data:text/html,<script>pwned()</script>",
    "//evil.example/%2f..",
    "/\\evil.example",
    "https:evil.example",
]
# What a template, a shell, a database, a spreadsheet, a caption, a header or a path would take for its own.
COMMANDS = [
    "{{ 7 * 191 }}{% raw %}{{ config }}",
    "${7*191} #{7*191} <%= 7*191 %>",
    "%s%n%x{0}{0.__class__}",
    "'; DROP TABLE accounts; --",
    "\" OR ''='",
    "1) UNION SELECT key_sha256 FROM api_keys --",
    "%' ESCAPE '!",
    "\\",
    "$(touch /tmp/pwned)`touch /tmp/pwned`|touch /tmp/pwned",
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "00:00:01.000 --> 00:00:02.000",
    "WEBVTT\n\nSTYLE\n::cue { color: red }",
    "1\n00:00:01,000 --> 00:00:09,000\nforged",
    "a\r\nSet-Cookie: session=stolen",
    "a\r\n\r\n<script>pwned()</script>",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/stdin",
    "CON.txt",
    "a" * 2000,
    "x; filename=evil.html",
    '"; filename="evil.html',
    "![x](javascript:pwned()) [x](javascript:pwned())",
    "<https://evil.example>",
    "| a | b |\n|---|---|",
    "id: 1\nevent: forged\ndata: x\n\n",
]
# Characters that are none, are not seen, change direction, or are more than they look.
LETTERS = [
    "",
    " ",
    "\u00a0\u2003\u3000",
    "\u200b\u200d\ufeff",
    "\u202emoc.elpmaxe\u202c",
    "\u2066\u2067\u2069",
    "e\u0301" * 40,
    "Z" + "\u0348\u0335\u0353" * 30,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3fd",
    "\U000e0041\U000e0042",
    "\ufffe\uffff\U0010ffff",
    "\x01\x02\x1b[31mred\x1b[0m\x7f\x85",
    "\u2028\u2029",
    "ｔｓｋ＿ｌｉｖｅ",
    "İIıi ßSS ſs",
    "السلام عليكم",
    "שלום",
    "日本語のテスト",
    "ก็็็็็็็็็",
    "\u0130" * 50,
]
NUMBERS = ["0", "-1", "NaN", "Infinity", "1e309", "9" * 40, "0x10", "1_000", "٣", "1.7976931348623157e308", "-0.0"]

HOSTILE = [*MARKUP, *COMMANDS, *LETTERS, *NUMBERS]
# No database keeps these; they are refused, or left out, and never a failure.
UNKEEPABLE = ["\x00", "a\x00b", "<script>\x00pwned()</script>"]
# Of JSON alone, which can spell what UTF-8 can't: half of a pair of surrogates.
HALVES = ['"\\ud800"', '"a\\udfffb"', '"\\udc00\\ud800"']
