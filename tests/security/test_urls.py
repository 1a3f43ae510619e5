import pytest

from gennaker.errors import Denied, Temporary
from gennaker.security.urls import UrlPolicy


def names(**table):
    def resolver(host, port):
        if host not in table:
            raise OSError("Name or service not known")
        found = table[host]
        return [found] if isinstance(found, str) else found

    return resolver


HOSTS = {
    "example.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "ci.corp": "10.20.0.5",
    "mixed.example.com": ["93.184.215.14", "10.0.0.1"],
    "sneaky.corp": "169.254.169.254",
    "local.corp": "127.0.0.1",
    "localhost": ["127.0.0.1", "::1"],
    "10.evil.com": "10.20.0.5",
}


def policy(*allowed, **kwargs):
    return UrlPolicy(allowed, resolver=names(**HOSTS), **kwargs)


def test_a_public_host_is_pinned_to_its_addresses():
    checked = policy().check("https://EXAMPLE.com./path?q=1")
    assert checked.host == "example.com"
    assert checked.port == 443
    assert checked.addresses == ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8080/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://172.16.5.4/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://100.100.100.200/latest/meta-data",
        "http://169.254.169.254/latest/meta-data/",
        "http://168.63.129.16/",
        "http://192.0.0.192/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[fd00:ec2::254]/",
        "http://[ff02::1]/",
        "http://ci.corp/",
        "http://mixed.example.com/",
        "http://sneaky.corp/",
    ],
)
def test_whatever_is_not_public_is_refused(url):
    with pytest.raises(Denied, match="not at a public address"):
        policy().check(url)


@pytest.mark.parametrize(
    "url",
    ["http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://0x7f.1/", "http://0300.0250.1/"],
)
def test_numbers_in_disguise_are_refused(url):
    with pytest.raises(Denied, match="number in disguise"):
        policy("*").check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://0177.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http:///path",
        "http://",
        "",
        "//example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "http://[::1/",
        "http://example.com:99999/",
        "http://exa\nmple.com/",
    ],
)
def test_what_is_no_http_url_is_refused(url):
    with pytest.raises(Denied):
        policy("*").check(url)


@pytest.mark.parametrize(
    "url", ["http://me:pw@example.com/", "http://me@example.com/", "http://10.0.0.1\\@example.com/"]
)
def test_credentials_in_a_url_are_refused(url):
    with pytest.raises(Denied, match="user name or a password"):
        policy().check(url)


def test_an_unknown_host_may_be_known_later():
    with pytest.raises(Temporary, match="looked up"):
        policy().check("http://nowhere.example/")


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://ci.corp/", "ci.corp"),
        ("http://ci.corp/", "*.corp"),
        ("http://ci.corp:8443/", "ci.corp:8443"),
        ("http://ci.corp/", "10.20.0.0/16"),
        ("http://10.20.0.5/", "10.20.0.5"),
        ("http://10.20.0.5:81/", "10.20.0.5:81"),
        ("http://[fd12::5]/", "fd12::/16"),
        ("http://[fd12::5]:80/", "[fd12::5]:80"),
        ("http://127.0.0.1:9/", "127.0.0.0/8"),
        ("http://sneaky.corp/", "169.254.169.254/32"),
        ("http://example.com/", "*"),
    ],
)
def test_the_list_of_the_administrator_opens(url, entry):
    assert policy(entry).check(url)


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://ci.corp:8080/", "ci.corp:8443"),
        ("http://example.com/", "*.corp"),
        ("http://evil-corp.com/", "corp"),
        ("http://ci.corp/", "*"),
        ("http://sneaky.corp/", "*.corp"),
        ("http://local.corp/", "*.corp"),
        ("http://10.evil.com/", "10.*"),
        ("http://[::ffff:10.20.0.5]/", "*:80"),
    ],
)
def test_the_list_of_the_administrator_opens_nothing_else(url, entry):
    table = HOSTS | {"evil-corp.com": "93.184.215.14"}
    with pytest.raises(Denied, match="allowed_urls"):
        UrlPolicy((entry,), resolver=names(**table)).check(url)


def test_loopback_can_be_opened_for_a_try_out():
    checked = policy(allow_loopback=True).check("http://localhost:8080/")
    assert checked.addresses == ("127.0.0.1", "::1")
    with pytest.raises(Denied):
        policy(allow_loopback=True).check("http://10.0.0.1/")


def test_the_address_inside_the_network_is_not_told():
    with pytest.raises(Denied) as caught:
        policy().check("http://ci.corp/")
    assert "10.20" not in str(caught.value)
