"""Dates and times: the calendar, arithmetic, ISO texts, strftime and strptime, time zones with folds, limits."""

import calendar
import datetime
import time
from datetime import UTC, date, datetime as moment, time as clock, timedelta, timezone, tzinfo


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


class Summer(tzinfo):
    """Central European Time by its rule: from the last Sunday of March to the last of October, at 01:00 UTC."""

    @staticmethod
    def change(year, month):
        last = moment(year, month, 31, 1)
        return last - timedelta(days=(last.weekday() + 1) % 7)

    def utcoffset(self, when):
        return timedelta(hours=1) + self.dst(when)

    def dst(self, when):
        start, end = self.change(when.year, 3), self.change(when.year, 10)
        local = when.replace(tzinfo=None)
        begins, ends = start + timedelta(hours=1), end + timedelta(hours=2)
        if ends - timedelta(hours=1) <= local < ends:
            return timedelta(0) if when.fold else timedelta(hours=1)
        return timedelta(hours=1) if begins <= local < ends else timedelta(0)

    def fromutc(self, when):
        utc = when.replace(tzinfo=None)
        summer = self.change(utc.year, 3) <= utc < self.change(utc.year, 10)
        again = self.change(utc.year, 10) <= utc < self.change(utc.year, 10) + timedelta(hours=1)
        return when.replace(fold=int(again)) + timedelta(hours=2 if summer else 1)

    def tzname(self, when):
        return "CEST" if self.dst(when) else "CET"


print("# the calendar")
for year in (1, 1582, 1900, 1970, 2000, 2024, 2026, 9999):
    first = date(year, 1, 1)
    leap = calendar.isleap(year)
    last = date(year, 12, 31)
    print(first, first.toordinal(), first.weekday(), first.isocalendar(), last.isocalendar(), leap, (last - first).days, last.timetuple().tm_yday)
day = date(2019, 12, 20)
while day < date(2021, 1, 12):
    iso = day.isocalendar()
    assert date.fromisocalendar(*iso) == day == date.fromordinal(day.toordinal())
    print(day, *iso, day.strftime("%a %j %U %W %u %w"), sep=" ", end="; ")
    day += timedelta(days=13)
print()
print(calendar.month(2026, 2), calendar.monthrange(2028, 2), list(calendar.Calendar(6).itermonthdays(2026, 11))[:10], calendar.TextCalendar(2).formatweek([(1, 2), (2, 3)], 3))
print([(2000 + n, shown(date, 2000 + n, 2, 29)) for n in range(0, 5, 2)], shown(date, 0, 1, 1), shown(date, 2026, 13, 1), shown(date.fromordinal, 0), shown(lambda: date.max + timedelta(1)), shown(date.fromisocalendar, 2025, 53, 1))

print("# timedelta")
spans = [timedelta(), timedelta(1), timedelta(microseconds=-1), timedelta(hours=25, seconds=0.5), timedelta(weeks=-3, milliseconds=1.5), timedelta.max, timedelta.min, timedelta.resolution]
for span in spans:
    print(repr(span), "|", span, "|", span.total_seconds(), shown(lambda: -span), shown(lambda: span * 3), span // 7, span / 2, shown(lambda: span / 0.3), abs(span) if span != timedelta.min else "-", bool(span), hash(span) == hash(span * 1))
print(timedelta(days=10) / timedelta(hours=7), timedelta(days=10) // timedelta(hours=7), divmod(timedelta(days=-10), timedelta(hours=7)), timedelta(seconds=1.0000005), timedelta(seconds=1.0000015), shown(timedelta, days=10**9), sorted(spans)[:3])

print("# text")
when = moment(2026, 11, 21, 7, 5, 9, 6007)
for separator, precision in (("T", "auto"), (" ", "hours"), ("t", "minutes"), ("_", "milliseconds"), ("T", "microseconds")):
    print(when.isoformat(separator, precision), end=" ")
print(when, repr(when), when.ctime(), when.replace(microsecond=0), str(when.date()), str(when.time()), repr(when.time()))
for code in "aAbBdHIjmMpSUwWyYzZfGuVxXc%":
    print(code, when.replace(tzinfo=timezone(timedelta(hours=-3, minutes=-30))).strftime("%" + code), end=" | ")
print()
for text, pattern in (("21/11/26 19:05", "%d/%m/%y %H:%M"), ("Nov 3 2025 11PM", "%b %d %Y %I%p"), ("2026-W05-3", "%G-W%V-%u"), ("2026 325", "%Y %j"), ("12:30:15.25 +0530", "%H:%M:%S.%f %z"), ("x", "%Y"), ("2026 extra", "%Y"), ("31 Feb 2026", "%d %b %Y"), ("Monday 7", "%A %y"), ("1", "%Q")):
    print(text, shown(moment.strptime, text, pattern))
for text in ("2026-11-21", "20261121T070509", "2026-11-21T07:05:09.5+02:00", "2026-W47-6", "2026-11-21 24:00", "2026-02-30", "2026-11-21T07:05Z", "2026-1-1", "0000-01-01", ""):
    print(repr(text), shown(moment.fromisoformat, text) if "24:00" not in text else "-", shown(date.fromisoformat, text))
print([shown(clock.fromisoformat, text) for text in ("07", "07:05", "070509", "07:05:09,123456", "T07:05-01", "25:00")])

print("# zones")
zone, india = Summer(), timezone(timedelta(hours=5, minutes=30), "IST")
for utc in (moment(2026, 3, 29, 0, 59), moment(2026, 3, 29, 1, 0), moment(2026, 10, 25, 0, 30), moment(2026, 10, 25, 1, 30), moment(2026, 12, 1)):
    utc = utc.replace(tzinfo=UTC)
    local = utc.astimezone(zone)
    print(utc, local, local.tzname(), local.fold, local.astimezone(india), local.timestamp(), local == utc, local.utctimetuple()[:6])
early, late = (moment(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
print(early == late, late - early, late.astimezone(UTC) - early.astimezone(UTC), early.timestamp() - late.timestamp(), hash(early) == hash(late))
print(shown(lambda: when < early), shown(lambda: when - early), when == early, clock(7, tzinfo=india), clock(7, tzinfo=india) < clock(2, tzinfo=UTC), timezone(timedelta(seconds=-1)), repr(india), timezone.min, shown(timezone, timedelta(1)))
print(moment.fromtimestamp(0, UTC), moment.fromtimestamp(-0.5, UTC), moment.fromtimestamp(2**31, india), moment.fromtimestamp(1e9 + 0.1234565, UTC), shown(moment.fromtimestamp, 1e20, UTC), moment(1970, 1, 1, tzinfo=india).timestamp(), moment.max.replace(tzinfo=UTC).timestamp())
print(moment.combine(date(2026, 1, 2), clock(3, 4), zone), moment.min, moment.max, shown(lambda: moment.min - timedelta.resolution), shown(lambda: moment(2026, 1, 1, 24)), when.timetuple()[:], when.toordinal())

print("# the module time")
parts = time.gmtime(1234567890)
print(tuple(parts), time.strftime("%Y-%m-%dT%H:%M:%SZ", parts), calendar.timegm(parts), time.asctime(parts), shown(time.strptime, "30 Nov 00", "%d %b %y"), shown(time.strftime, "%Y", (1, 2)), datetime.MAXYEAR)
