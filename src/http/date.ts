const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC_850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The times, in milliseconds, that an HTTP-date can express: a year has four digits (RFC 9110 §5.6.7). */
const MIN_TIME = Date.parse('0000-01-01T00:00:00Z');
const MAX_TIME = Date.parse('9999-12-31T23:59:59Z');

/** The nearest time, in milliseconds, that an HTTP-date can express. File systems keep times far beyond. */
export function nearestHttpTime(time: number): number {
  return Math.min(Math.max(time, MIN_TIME), MAX_TIME);
}

/** Formats the nearest time in milliseconds as IMF-fixdate (RFC 9110 §5.6.7). */
export function httpDate(time: number): string {
  return new Date(nearestHttpTime(time)).toUTCString();
}

/**
 * Parses the three forms of an HTTP-date (RFC 9110 §5.6.7). Returns the time in milliseconds, or NaN for any
 * other text. `Date.parse` is not suitable: it reads asctime as local time, and accepts much that is not an
 * HTTP-date.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number {
  let match = IMF_FIXDATE.exec(text);
  if (match) return utc(match[3], match[2], match[1], match[4], match[5], match[6]);
  match = ASCTIME.exec(text);
  if (match) return utc(match[6], match[1], match[2], match[3], match[4], match[5]);
  match = RFC_850.exec(text);
  if (match) return utc(fullYear(Number(match[3]), now), match[2], match[1], match[4], match[5], match[6]);
  return NaN;
}

/**
 * A two-digit year that appears to be more than 50 years ahead is the last past year with those digits
 * (§5.6.7).
 */
function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function utc(
  year: unknown,
  month: unknown,
  day: unknown,
  hours: unknown,
  minutes: unknown,
  seconds: unknown,
): number {
  const monthIndex = MONTHS.indexOf(String(month));
  const date = new Date(0);
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  const exists = monthIndex !== -1 && date.getUTCMonth() === monthIndex;
  const inDay = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) <= 60;
  return exists && inDay ? date.setUTCHours(Number(hours), Number(minutes), Number(seconds)) : NaN;
}
