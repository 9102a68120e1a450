"""Expressions: the engine's values, the functions that API servers add, and what failures say."""

from datetime import timedelta

import pytest

from gitopsgen.cel import Failure, evaluate

TRUE = """
self.list.all(n, n > 0) && self.text.startsWith('ab') && size('é') == 1
self.?missing.orValue(7) == 7
cel.bind(n, self.list[0], n == 1)
self.namespace == 'a' && has(self.namespace)
self.number == 1.0
isURL('https://user:pass@example.com:80/path?query=val') && isURL('/absolute-path') && isURL('mailto:a')
!isURL('../relative') && !isURL('https://a:b:c/') && !isURL('') && !isURL('https://a b/') && !isURL('http://a/%zz')
url('HTTPS://example.com:80/a').getScheme() == 'https' && url('/path').getScheme() == ''
url('https://example.com:80/').getHost() == 'example.com:80' && url('https://[::1]:80/').getHostname() == '::1'
url('https://[::1]/').getHost() == '[::1]' && url('https://[::1]:80/').getPort() == '80'
url('https://[::1]/').getPort() == '' && url('https://a/').getHostname() == 'a'
url('https://a/with spaces/#b').getEscapedPath() == '/with%20spaces/' && url('https://a').getEscapedPath() == ''
url('https://a/?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}
isIP('::1') && !isIP('127.0.0.256') && !isIP('::ffff:10.0.0.1') && !isIP('fe80::1%eth0') && !isIP('010.0.0.1')
ip('127.0.0.1').family() == 4 && ip('::1').isLoopback() && ip.isCanonical('::1') && !ip.isCanonical('0:0::1')
ip('224.0.0.1').isLinkLocalMulticast() && ip('169.254.1.1').isLinkLocalUnicast() && ip('10.0.0.1').isGlobalUnicast()
ip('0.0.0.0').isUnspecified() && !ip('255.255.255.255').isGlobalUnicast() && ip('::1') == ip('0::1')
isCIDR('192.168.0.1/16') && !isCIDR('192.168.0.0/33') && !isCIDR('192.168.0.0') && !isCIDR('::/0128')
cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsIP(ip('10.1.2.3'))
cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))
cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')
cidr('::/64').prefixLength() == 64
quantity('1.5Gi').isLessThan(quantity('2G')) && quantity('200m').compareTo(quantity('0.2')) == 0
quantity('50k').add(1).asInteger() == 50001 && quantity('1').sub(quantity('2')).sign() == -1
!isQuantity('1 Gi') && isQuantity('1e3') && !quantity('1.5').isInteger() && quantity('1.5').asApproximateFloat() == 1.5
quantity('2').isGreaterThan(quantity('1999m'))
'a1b22'.find('[0-9]+') == '1' && 'a'.find('b') == '' && 'a1b22'.findAll('[0-9]+', 1) == ['1']
self.list.isSorted() && self.list.sum() == 6 && self.list.max() == 3 && [2, 1].min() == 1 && !['b', 'a'].isSorted()
sets.contains([1, 2], [1]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])
'%s has %d'.format(['a', 1]) == 'a has 1' && base64.decode('aGk=') == b'hi' && math.greatest(1, 2) == 2
duration('90s') > duration('1m')
"""
SELF = {"list": [1, 2, 3], "text": "abc", "namespace": "a", "number": 1}


@pytest.mark.parametrize("expression", TRUE.strip().splitlines())
def test_expressions_mean_what_an_api_server_takes_them_for(expression):
    assert evaluate(expression, {"self": SELF}) is True


def test_a_value_is_plain_data():
    assert evaluate("{'a': [self.x, null]}", {"self": {"x": "é"}}) == {"a": ["é", None]}
    assert evaluate("duration('90s')", {}) == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("self.missing", 'no such key "missing"'),
        ("[1].min() / 0 == 1", "divide by zero"),
        ("[].min() == 1", "min called on empty list"),
        ("url('no url').getHost() == ''", '"no url" is neither an absolute URL nor an absolute path'),
        ("{'gitopsgen:ip': '1'}.getHost() == ''", "no such overload: expected a value of the type url"),
        ("self.text.find('(') == ''", "illegal regex: missing ), unterminated subpattern at position 0"),
    ],
)
def test_what_fails_is_told_and_absorbed_as_cel_says(expression, message):
    failure = evaluate(expression, {"self": SELF})

    assert failure == Failure(message)
    if "==" in expression:
        assert evaluate(f"({expression}) || true", {"self": SELF}) is True


def test_a_malformed_expression_is_no_value_and_says_where():
    assert evaluate("self.a ==", {"self": {}}) == Failure(
        "Syntax error: mismatched input '<EOF>' (line 1, column 10)",
        is_compiled=False,
    )
    assert evaluate("other.a", {"self": {}}).is_compiled is False


@pytest.mark.parametrize(
    "expression",
    [
        "self.all(k, v, v == 1)",
        "authorizer.group('').resource('pods').check('get').allowed()",
        "!format.dns1123Label().validate(self.text).hasValue()",
        "string(ip('::1')) == '::1'",
        "optional.of(1)",
        "self.huge > 1",
    ],
)
def test_what_an_api_server_alone_can_evaluate_is_said_to_be_unsupported(expression):
    assert evaluate(expression, {"self": {**SELF, "huge": 2**64}}).is_unsupported is True
