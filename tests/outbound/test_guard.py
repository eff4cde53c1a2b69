"""The acceptance list: spellings of forbidden addresses, and the tricks by which one is reached after all."""

import datetime
import ipaddress
import logging
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from ssrfguard import BlockedAddressError, SSRFGuardError

from outbound.guard import PUBLIC_ONLY, guarded_client
from tests.outbound.loopback_server import RECORDING, LoopbackServer, loopback_server
from tests.outbound.wire import PUBLIC, PUBLIC_V6, Wire

FORBIDDEN_HOSTS = [
    # Loopback and "this host", in every spelling the C library reads
    *("127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f.1", "0x7f000001", "0x7F.0x0.0x0.0x1"),
    *("0177.0.0.1", "0177.1", "017700000001", "00000177.0.0.1", "127.0.0.1.", "127.1.", "0", "0.0.0.0", "0x0"),
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "%31%32%37.0.0.1", "127.0.0.1%00.example.com"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"),
    # IPv4 inside IPv6
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]", "[::127.0.0.1]"),
    *(
        "[::ffff:0:127.0.0.1]",
        "[::ffff:0:7f00:1]",
        "[::ffff:0:808:808]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
    ),
    *("[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:c0a8:101::]"),
    *("[2001:0:7f00:1::1]", "[2001:0:4136:e378:8000:63bf:f5ff:fffe]", "[::ffff:168.63.129.16]"),
    # Private, shared, link-local, site-local, multicast, broadcast, reserved, documentation
    *("10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.168.257", "0xc0a80101", "3232235777"),
    *("100.64.0.1", "100.127.255.255", "169.254.1.1", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[fc00::1]"),
    *("[fd12:3456:789a::1]", "224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff05::2]", "255.255.255.255", "240.0.0.1"),
    *("192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "[100::1]", "[5f00::1]"),
    *("[4000::1]", "[200::1]", "[e000::1]"),
    # Metadata services
    *("169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[fd00:ec2::254]", "169.254.170.2"),
    *("100.100.100.200", "192.0.0.192", "168.63.129.16", "2822734096", "metadata.google.internal", "metadata"),
    *("instance-data.ec2.internal", "metadata.azure.internal", "METADATA.google.internal."),
    # Names that lead inside
    *("localhost", "LOCALHOST.", "ip6-localhost", "127.0.0.1.nip.example", "db.internal", "kubernetes.default.svc"),
]

NAMES = {
    "metadata.google.internal": "169.254.169.254",
    "metadata": "169.254.169.254",
    "instance-data.ec2.internal": "169.254.169.254",
    "metadata.azure.internal": "168.63.129.16",
    "localhost": "127.0.0.1",
    "ip6-localhost": "::1",
    "127.0.0.1.nip.example": "127.0.0.1",
    "db.internal": "fd00::5",
    "kubernetes.default.svc": "10.96.0.1",
}

REFUSED = (SSRFGuardError, httpx.HTTPError, httpx.InvalidURL)


def attempt(url: str, allowed_hosts: frozenset[str] = frozenset()) -> None:
    with guarded_client(allowed_hosts=allowed_hosts, connect_seconds=1) as client, pytest.raises(REFUSED):
        client.get(url)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_no_connection_is_opened_to(host: str, scheme: str, wire: Wire) -> None:
    wire.names = {name: [[address]] for name, address in NAMES.items()}
    attempt(f"{scheme}://{host}/latest/meta-data/")
    assert wire.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com@127.0.0.1/",
        "http://user:pw@93.184.216.34/",
        "http://93.184.216.34:22/",
        "http://93.184.216.34:6379/",
        "ftp://93.184.216.34/",
        "http://127.0.0.1\\@93.184.216.34/",
        "http://0x5db8d822:8080/",
    ],
)
def test_no_connection_is_opened_for_a_url_of_the_wrong_form(url: str, wire: Wire) -> None:
    attempt(url)
    assert wire.connected == []


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("93.184.216.34", PUBLIC),
        (f"[{PUBLIC_V6}]", PUBLIC_V6),
        ("example.com", PUBLIC),
        ("old_bucket.example.com", PUBLIC),
        ("[64:ff9b::5db8:d822]", "64:ff9b::5db8:d822"),
    ],
)
def test_a_public_address_is_tried(host: str, address: str, wire: Wire) -> None:
    wire.names = {"example.com": [[PUBLIC]], "old_bucket.example.com": [[PUBLIC]]}
    attempt(f"http://{host}/")
    assert wire.connected == [address]


def test_a_name_with_a_public_and_a_private_answer_is_not_tried_at_all(wire: Wire) -> None:
    wire.names["both.example"] = [[PUBLIC, "10.0.0.1"]]
    attempt("http://both.example/")
    assert wire.connected == []


def test_a_name_is_looked_up_once_so_a_changed_answer_changes_nothing(wire: Wire) -> None:
    wire.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    attempt("http://rebind.example/")
    assert (wire.lookups, wire.connected) == (["rebind.example"], [PUBLIC])


def test_the_second_connection_to_a_name_is_checked_like_the_first(wire: Wire) -> None:
    wire.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    with guarded_client(allowed_hosts=frozenset()) as client:
        with pytest.raises(httpx.ConnectError):
            client.get("http://rebind.example/")
        with pytest.raises(BlockedAddressError):
            client.get("http://rebind.example/")
    assert wire.connected == [PUBLIC]


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_in_the_environment_is_ignored(variable: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://10.9.9.9:3128")
    attempt(f"http://{PUBLIC}/")
    assert wire.connected == [PUBLIC]


def test_a_connection_that_ends_up_elsewhere_is_dropped_unused(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda itself, _: connect(itself, ("127.0.0.1", server.port)))
    attempt(f"http://{PUBLIC}/")
    assert server.requests == []


def test_an_allowed_host_is_reached_on_its_private_address_and_port(server: LoopbackServer) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(RECORDING)
    with guarded_client(allowed_hosts=frozenset({"LocalHost."})) as client:
        assert client.get(server.url("/a", host="localhost")).content == RECORDING


def test_an_allowed_host_opens_no_other_door(server: LoopbackServer) -> None:
    attempt(server.url("/a", host="127.0.0.1"), frozenset({"localhost"}))
    assert server.requests == []


def test_an_allowed_name_does_not_open_the_address_it_has(wire: Wire) -> None:
    wire.names["media.internal"] = [["10.0.0.7"]]
    attempt("http://media.internal:9000/", frozenset({"media.internal"}))
    attempt("http://10.0.0.7/", frozenset({"media.internal"}))
    assert wire.connected == ["10.0.0.7"]


def test_a_redirect_is_handed_back_and_not_followed(server: LoopbackServer) -> None:
    server.routes["/a"] = lambda exchange: exchange.redirect("/b")
    with guarded_client(allowed_hosts=frozenset({"127.0.0.1"})) as client:
        assert client.get(server.url("/a")).status_code == 302
    assert server.paths == ["/a"]


def test_the_urls_query_is_not_logged(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with guarded_client(allowed_hosts=frozenset({"127.0.0.1"})) as client:
        client.get(server.url("/a?signature=SECRET"), headers={"Authorization": "SECRET"})
    assert "SECRET" not in caplog.text


def test_tls_is_verified_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serving, trusting = contexts_for("media.internal", tmp_path)
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest: resolve("127.0.0.1", *rest))
    hosts = frozenset({"media.internal", "other.internal"})
    with loopback_server(serving) as server, guarded_client(allowed_hosts=hosts, tls=trusting) as client:
        server.routes["/"] = lambda exchange: exchange.reply(b"ok")
        assert client.get(f"https://media.internal:{server.port}/").text == "ok"
        with pytest.raises(httpx.ConnectError, match=r"(?i)hostname mismatch"):
            client.get(f"https://other.internal:{server.port}/")


def test_the_azure_platform_address_keeps_its_reason() -> None:
    assert "Azure" in PUBLIC_ONLY.classify("::ffff:168.63.129.16").reason


@pytest.mark.parametrize("network", ["::ffff:0:0:0/96", "168.63.129.16/32", "fec0::/10", "100.64.0.0/10"])
def test_both_ends_of_a_denied_network_are_denied(network: str) -> None:
    denied = ipaddress.ip_network(network)
    assert PUBLIC_ONLY.classify(denied[0]).blocked
    assert PUBLIC_ONLY.classify(denied[-1]).blocked


def contexts_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(private + certificate)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "both.pem")
    return serving, ssl.create_default_context(cadata=certificate.decode())
