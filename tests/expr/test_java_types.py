"""Types that expressions may name, with Java's results."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gennaker.errors import ExpressionDenied
from gennaker.expr import evaluate_expression
from tests.expr.tables import FAILS, Fails, check

DATE, TIME, INSTANT = "T(java.time.LocalDate)", "T(java.time.LocalDateTime)", "T(java.time.Instant)"
UNIT, DAY = "T(java.time.temporal.ChronoUnit)", "T(java.time.DayOfWeek)"
ADJUST = "T(java.time.temporal.TemporalAdjusters)"


def sdf(pattern: str, millis: str = "1234567890123L") -> str:
    return f'new java.text.SimpleDateFormat("{pattern}").format(new java.util.Date({millis}))'


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("T(Integer).parseInt('42')", 42),
        ("T(java.lang.Integer).parseInt('-7')", -7),
        ("T(Integer).parseInt('ff', 16)", 255),
        ("T(Integer).parseInt('4.2')", Fails("For input string")),
        ("T(Integer).parseInt(' 4')", FAILS),
        ("T(Integer).parseInt('2147483648')", FAILS),
        ("T(Integer).parseInt(null)", FAILS),
        ("T(Integer).valueOf('5')", 5),
        ("T(Integer).valueOf(5)", 5),
        ("T(Integer).decode('0x1F')", 31),
        ("T(Integer).decode('-010')", -8),
        ("T(Integer).toString(255, 16)", "ff"),
        ("T(Integer).toHexString(-1)", "ffffffff"),
        ("T(Integer).toBinaryString(5)", "101"),
        ("T(Integer).toOctalString(8)", "10"),
        ("T(Integer).max(1, 2)", 2),
        ("T(Integer).min(1, 2)", 1),
        ("T(Integer).sum(2147483647, 1)", -(2**31)),
        ("T(Integer).compare(1, 2)", -1),
        ("T(Integer).signum(-9)", -1),
        ("T(Integer).bitCount(-1)", 32),
        ("T(Integer).MAX_VALUE", 2**31 - 1),
        ("T(Integer).getInteger('int')", Fails("no static method")),
        ("T(Long).getLong('long')", Fails("no static method")),
        ("T(Boolean).getBoolean('bool')", Fails("no static method")),
        ("T(Long).parseLong('123')", 123),
        ("T(Long).valueOf(5) instanceof T(Long)", True),
        ("T(Long).MAX_VALUE", 2**63 - 1),
        ("new Integer('5') + 1", 6),
        ("new java.lang.Long(5) + 2147483647", 2**31 + 4),
        ("new Double(2)", 2.0),
        ("T(Double).parseDouble('1.5e3')", 1500.0),
        ("T(Double).parseDouble('1.5f')", 1.5),
        ("T(Double).parseDouble('nan')", FAILS),
        ("T(Double).valueOf(2)", 2.0),
        ("T(Double).toString(1)", "1.0"),
        ("T(Double).compare(1, 2)", -1),
        ("T(Double).max(1, 2)", 2.0),
        ("T(Double).isNaN(T(Double).NaN)", True),
        ("T(Byte).parseByte('12')", 12),
        ("new Byte('200')", FAILS),
        ("T(Boolean).parseBoolean('TRUE')", True),
        ("T(Boolean).valueOf('yes')", False),
        ("T(Boolean).TRUE", True),
        ("T(Boolean).logicalXor(true, false)", True),
        ("new Boolean('true')", True),
        ("T(Boolean).toString(true)", "true"),
    ],
)
def test_numbers_and_booleans(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("T(Math).abs(-5)", 5),
        ("T(Math).abs(-5.5)", 5.5),
        ("T(Math).abs(T(Integer).MIN_VALUE)", -(2**31)),
        ("T(Math).max(1, 2.5)", 2.5),
        ("T(Math).min(1, 2L)", 1),
        ("T(Math).pow(2, 10)", 1024.0),
        ("T(Math).sqrt(9)", 3.0),
        ("T(Math).floor(-2.5)", -3.0),
        ("T(Math).ceil(2.1)", 3.0),
        ("T(Math).rint(2.5)", 2.0),
        ("T(Math).round(2.5)", 3),
        ("T(Math).round(-2.5)", -2),
        ("T(Math).signum(-3)", -1.0),
        ("T(Math).floorMod(-1, 3)", 2),
        ("T(Math).floorDiv(-1, 3)", -1),
        ("T(Math).floorDiv(1, 0)", FAILS),
        ("T(Math).addExact(1, 2)", 3),
        ("T(Math).addExact(2147483647, 1)", Fails("overflow")),
        ("T(Math).multiplyExact(2, 3)", 6),
        ("T(Math).toIntExact(5L)", 5),
        ("T(Math).toIntExact(3000000000L)", FAILS),
        ("T(Math).log10(100)", 2.0),
        ("T(Math).hypot(3, 4)", 5.0),
        ("T(Math).sqrt(-1).isNaN()", True),
        ("T(Math).log(0).isInfinite()", True),
        ("T(Math).exp(1000).isInfinite()", True),
        ("T(Math).PI > 3.14", True),
        ("T(Math).random() < 1", True),
        ("T(Math).exit(1)", Fails("no static method")),
    ],
)
def test_math(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("T(String).format('%05d|%-4s|%.2f|%x', 42, 'x', 1.5, 255)", "00042|x   |1.50|ff"),
        ("T(String).format('%2$s %1$s', 'a', 'b')", "b a"),
        ("T(String).format('%s %<s', 'a')", "a a"),
        ("T(String).format('%,d %+d %(d', 1234567, 5, -5)", "1,234,567 +5 (5)"),
        ("T(String).format('%S %b %c %%%n', 'a', true, 'x')", "A true x %\n"),
        ("T(String).format('%s %s', null, {1, 2})", "null [1, 2]"),
        ("T(String).format('%.2s', 'abc')", "ab"),
        ("T(String).format('%X %o %#x', 255, 8, 255)", "FF 10 0xff"),
        ("T(String).format('%x', -1)", "ffffffff"),
        ("T(String).format('%08.3f', -1.5)", "-001.500"),
        ("T(String).format('%e', 12345.678)", "1.234568e+04"),
        ("T(String).format('%d', 1.5)", FAILS),
        ("T(String).format('%f', 1)", FAILS),
        ("T(String).format('%d')", Fails("no argument")),
        ("T(String).format('%')", FAILS),
        ("T(String).format('%q', 1)", FAILS),
        ("T(String).join('-', 'a', 'b')", "a-b"),
        ("T(String).join('-', {'a', 'b'})", "a-b"),
        ("T(String).join(', ', {})", ""),
        ("T(String).valueOf(1.5)", "1.5"),
        ("T(String).valueOf(null)", "null"),
        ("new String('a')", "a"),
        ("new String('é'.getBytes())", "é"),
        ("T(java.net.URLEncoder).encode('a b&c/ä*~', 'UTF-8')", "a+b%26c%2F%C3%A4*%7E"),
        ("T(java.net.URLEncoder).encode('ä', 'ISO-8859-1')", "%E4"),
        ("T(java.net.URLEncoder).encode('a', 'rot13')", FAILS),
        ("new String[2]", [None, None]),
        ("new int[2]", [0, 0]),
        ("new boolean[1]", [False]),
        ("new String[2]{'a'}", FAILS),
        ("new String[]{'a', 'b'}[1]", "b"),
        ("new java.io.File[1]", FAILS),
        ("new int[-1]", FAILS),
        ("new int[]", FAILS),
    ],
)
def test_texts(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"{DATE}.of(2024, 1, 31).plusMonths(1).toString()", "2024-02-29"),
        (f"{DATE}.of(2024, 2, 29).plusYears(1).toString()", "2025-02-28"),
        (f"{DATE}.of(2024, 12, 31).plusDays(1).toString()", "2025-01-01"),
        (f"{DATE}.of(2024, 1, 1).minusWeeks(1).toString()", "2023-12-25"),
        (f"{DATE}.parse('2024-03-05').dayOfWeek.toString()", "TUESDAY"),
        (f"{DATE}.parse('2024-03-05').getDayOfYear()", 65),
        (f"{DATE}.parse('2024-03-05').getMonthValue()", 3),
        (f"{DATE}.parse('2024-03-05').lengthOfMonth()", 31),
        (f"{DATE}.parse('2024-03-05').isLeapYear()", True),
        (f"{DATE}.parse('2024-03-05').leapYear", True),
        (f"{DATE}.parse('2024-03-05').toEpochDay()", 19787),
        (f"{DATE}.ofEpochDay(0).toString()", "1970-01-01"),
        (f"{DATE}.ofYearDay(2024, 60).toString()", "2024-02-29"),
        (f"{DATE}.parse('05/03/2024')", Fails("parsed")),
        (f"{DATE}.of(2023, 2, 29)", FAILS),
        (f"{DATE}.parse('2024-03-05').isBefore({DATE}.parse('2024-03-06'))", True),
        (f"{DATE}.parse('2024-03-05') < {DATE}.parse('2024-03-06')", True),
        (f"{DATE}.parse('2024-03-05') == {DATE}.of(2024, 3, 5)", True),
        (f"{DATE}.parse('2024-03-05').compareTo({DATE}.parse('2024-03-04'))", 1),
        (f"{DATE}.parse('2024-03-05').isAfter({TIME}.now())", FAILS),
        (f"{DATE}.parse('2024-03-05').atStartOfDay().toString()", "2024-03-05T00:00"),
        (f"{DATE}.parse('2024-03-05').atTime(10, 30).toString()", "2024-03-05T10:30"),
        (f"{DATE}.parse('2024-03-05').withDayOfMonth(1).toString()", "2024-03-01"),
        (f"{DATE}.parse('2024-03-31').withMonth(2).toString()", "2024-02-29"),
        (f"{DATE}.parse('2024-02-29').withYear(2023).toString()", "2023-02-28"),
        (f"{DATE}.parse('2024-03-05').plus(2, {UNIT}.WEEKS).toString()", "2024-03-19"),
        (f"{DATE}.parse('2024-03-05').plus(2, {UNIT}.HOURS)", Fails("Unsupported unit")),
        (f"{DATE}.parse('2024-03-05').plus(2, 'DAYS')", Fails("ChronoUnit")),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.lastDayOfMonth()).toString()", "2024-03-31"),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.firstDayOfNextMonth()).toString()", "2024-04-01"),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.next({DAY}.TUESDAY)).toString()", "2024-03-12"),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.nextOrSame({DAY}.TUESDAY)).toString()", "2024-03-05"),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.previous({DAY}.MONDAY)).toString()", "2024-03-04"),
        (f"{DATE}.parse('2024-03-05').with({ADJUST}.firstInMonth({DAY}.MONDAY)).toString()", "2024-03-04"),
        (f"{DATE}.parse('2024-03-05').with({DAY}.SUNDAY).toString()", "2024-03-10"),
        (f"{DATE}.parse('2024-03-05').with('x')", FAILS),
        (f"{DATE}.now().plusDays(9223372036854775807L)", Fails("out of range")),
        (f"{DATE}.now().plusYears(99999)", Fails("out of range")),
        (f"{TIME}.of(2024, 3, 5, 10, 15).toString()", "2024-03-05T10:15"),
        (f"{TIME}.of(2024, 3, 5, 10, 15, 30).toString()", "2024-03-05T10:15:30"),
        (f"{TIME}.of(2024, 3, 5, 10, 15, 0, 5000000).toString()", "2024-03-05T10:15:00.005"),
        (f"{TIME}.parse('2024-03-05T10:15:30.5').plusHours(20).toString()", "2024-03-06T06:15:30.500"),
        (f"{TIME}.parse('2024-03-05T25:00')", FAILS),
        (f"{TIME}.parse('2024-03-05')", FAILS),
        (f"{TIME}.of(2024, 3, 5, 10, 15, 30).truncatedTo({UNIT}.HOURS).toString()", "2024-03-05T10:00"),
        (f"{TIME}.of(2024, 3, 5, 10, 15).toLocalDate().toString()", "2024-03-05"),
        (f"{TIME}.of(2024, 3, 5, 10, 15).hour", 10),
        (f"{UNIT}.DAYS.between({DATE}.of(2024, 1, 1), {DATE}.of(2024, 3, 1))", 60),
        (f"{UNIT}.MONTHS.between({DATE}.of(2024, 1, 31), {DATE}.of(2024, 3, 1))", 1),
        (f"{UNIT}.YEARS.between({DATE}.of(2024, 1, 1), {DATE}.of(2020, 6, 1))", -3),
        (f"{UNIT}.HOURS.between({TIME}.of(2024, 1, 1, 0, 30), {TIME}.of(2024, 1, 1, 5, 0))", 4),
        (f"{UNIT}.DAYS.between({DATE}.now(), {TIME}.now())", FAILS),
        (f"{DATE}.of(2024, 1, 1).until({DATE}.of(2024, 2, 1), {UNIT}.DAYS)", 31),
        (f"{UNIT}.HALF_DAYS.toString()", "HalfDays"),
        (f"{UNIT}.valueOf('DAYS').name()", "DAYS"),
        (f"{DAY}.of(1).plus(2).toString()", "WEDNESDAY"),
        (f"{DAY}.MONDAY.minus(1).getValue()", 7),
        (f"{DAY}.valueOf('MONDAY') == {DAY}.MONDAY", True),
        (f"{DAY}.MONDAY == 'MONDAY'", True),
        (f"{DAY}.MONDAY < {DAY}.FRIDAY", True),
        (f"{DAY}.MONDAY.compareTo({DAY}.FRIDAY)", -4),
        (f"{DAY}.valueOf('FUNDAY')", Fails("No enum constant")),
        (f"{DAY}.of(8)", FAILS),
        (f"{DAY}.values().size()", 7),
        (f"{DAY}.MONDAY", "MONDAY"),
        (f"{UNIT}.DAYS.getValue()", FAILS),
    ],
)
def test_dates(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"{INSTANT}.ofEpochMilli(1234567890123L).toString()", "2009-02-13T23:31:30.123Z"),
        (f"{INSTANT}.ofEpochSecond(0).toString()", "1970-01-01T00:00:00Z"),
        (f"{INSTANT}.parse('2024-01-01T00:00:00Z').plus(1, {UNIT}.DAYS).toString()", "2024-01-02T00:00:00Z"),
        (f"{INSTANT}.parse('2024-01-01T00:00:00Z').plus(1, {UNIT}.MONTHS)", Fails("Unsupported unit")),
        (f"{INSTANT}.parse('2024-01-01T00:00:00.5Z').toEpochMilli()", 1704067200500),
        (f"{INSTANT}.parse('2024-01-01')", FAILS),
        (f"{INSTANT}.EPOCH.plusSeconds(90).minusMillis(500).toString()", "1970-01-01T00:01:29.500Z"),
        (f"{INSTANT}.EPOCH.plusSeconds(9223372036854775807L)", FAILS),
        (f"{INSTANT}.EPOCH.epochSecond", 0),
        (f"{INSTANT}.EPOCH.isBefore({INSTANT}.now())", True),
        (f"{INSTANT}.EPOCH.isAfter('x')", FAILS),
        (f"{INSTANT}.EPOCH.plusSeconds(3700).truncatedTo({UNIT}.HOURS).epochSecond", 3600),
        (f"{INSTANT}.EPOCH.until({INSTANT}.ofEpochSecond(120), {UNIT}.MINUTES)", 2),
        ("new java.util.Date(0).toString()", "Thu Jan 01 00:00:00 UTC 1970"),
        ("new java.util.Date(0)", "Thu Jan 01 00:00:00 UTC 1970"),
        ("new java.util.Date(5).time", 5),
        ("new java.util.Date(124, 2, 5).toString()", "Tue Mar 05 00:00:00 UTC 2024"),
        ("new java.util.Date(0).getYear()", 70),
        ("new java.util.Date(0).getMonth() + new java.util.Date(0).getDate()", 1),
        ("new java.util.Date(0).before(new java.util.Date())", True),
        ("new java.util.Date(1).compareTo(new java.util.Date(0))", 1),
        ("new java.util.Date(0).toInstant().toString()", "1970-01-01T00:00:00Z"),
        (f"T(java.util.Date).from({INSTANT}.EPOCH).time", 0),
        ("new java.util.Date('x')", FAILS),
        (sdf("yyyy-MM-dd HH:mm:ss"), "2009-02-13 23:31:30"),
        (sdf("yyyy-MM-dd'T'HH:mm:ss.SSSZ"), "2009-02-13T23:31:30.123+0000"),
        (sdf("yyyyMMddHHmmss"), "20090213233130"),
        (sdf("EEE, d MMM yy hh:mm a z"), "Fri, 13 Feb 09 11:31 PM UTC"),
        (sdf("EEEE MMMM D u F W w"), "Friday February 44 5 2 2 7"),
        (sdf("''yy'' kK XXX"), "'09' 2311 Z"),
        (sdf("q"), Fails("Illegal pattern")),
        (sdf("'x"), Fails("quote")),
        ("new java.text.SimpleDateFormat('yyyyMMdd').parse('20240305').getTime()", 1709596800000),
        (
            "new java.text.SimpleDateFormat('d MMM yyyy h:mm a').parse('5 Mar 2024 1:30 PM').getTime()",
            1709645400000,
        ),
        (
            "new java.text.SimpleDateFormat('yyyy-MM-dd HH:mm Z').parse('2024-03-05 01:00 +0800').time",
            1709571600000,
        ),
        ("new java.text.SimpleDateFormat('yyyy').parse('x')", Fails("Unparseable")),
        ("new java.text.SimpleDateFormat('yyyy yyyy').parse('1 1')", FAILS),
        ("new java.text.SimpleDateFormat('yyyy').format(0)", "1970"),
        ("new java.text.SimpleDateFormat('yyyy').toPattern()", "yyyy"),
        ("new java.text.SimpleDateFormat('yyyy').format(9223372036854775807L)", FAILS),
    ],
)
def test_moments(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # The first numbers that Java documents and prints for this seed.
        ("new java.util.Random(42).nextInt()", -1170105035),
        ("new java.util.Random(42).nextInt(10)", 0),
        ("new java.util.Random(42).nextLong()", -5025562857975149833),
        ("new java.util.Random(42).nextBoolean()", True),
        ("new java.util.Random(42).nextDouble() < 1", True),
        ("new java.util.Random(42).nextFloat() < 1", True),
        ("new java.util.Random(42).nextInt(5, 8) between {5, 7}", True),
        ("new java.util.Random().nextInt(1)", 0),
        ("new java.util.Random().nextInt(16) between {0, 15}", True),
        ("new java.util.Random().nextInt(0)", FAILS),
        ("new java.util.Random().nextInt(5, 5)", FAILS),
        ("new java.util.UUID(0, 0).toString()", "00000000-0000-0000-0000-000000000000"),
        ("new java.util.UUID(-1, 1)", "ffffffff-ffff-ffff-0000-000000000001"),
        ("T(java.util.UUID).fromString('00000000-0000-0000-0000-000000000001').leastSignificantBits", 1),
        ("T(java.util.UUID).fromString('x')", FAILS),
        ("T(java.util.UUID).randomUUID().version()", 4),
        (
            "T(java.util.UUID).nameUUIDFromBytes('hello'.getBytes()).toString()",
            "5d41402a-bc4b-3a76-b971-9d911017c592",
        ),
    ],
)
def test_random_and_uuid(expression: str, expected: Any) -> None:
    check(expression, expected)


def test_random_uuids_differ() -> None:
    first, second = (evaluate_expression("T(java.util.UUID).randomUUID().toString()", {}) for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)
    assert first != second


@pytest.mark.parametrize(
    "expression",
    [
        "T(java.lang.Runtime)",
        "T(System)",
        "T(Class)",
        "T(Object)",
        "T(java.lang.ProcessBuilder)",
        "T(LocalDate)",
        "T(java.util.List)",
        "new java.net.URL('http://x')",
        "new Math()",
        "T(Math).getClass()",
        "T(Math).class",
        "T(String).forName('x')",
        "T(Integer).NOTHING",
    ],
)
def test_everything_else_is_denied(expression: str) -> None:
    if expression == "new Math()":
        check(expression, Fails("no constructor"))
        return
    with pytest.raises(ExpressionDenied):
        evaluate_expression(expression, {})


def test_a_short_name_outside_java_lang_gets_a_hint() -> None:
    check("T(LocalDate).now()", Fails("write java.time.LocalDate"))
