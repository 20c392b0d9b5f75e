import { describe, expect, test } from 'vitest'
import { parseDate } from '../../src/normalise/date.ts'
import type { DateContext, DatePrecision, DateRule } from '../../src/normalise/date-rules.ts'

const paris = { tz: 'Europe/Paris' }
const newYork = { tz: 'America/New_York' }
const dmy = { ...paris, dateOrder: 'DMY' } as const
const mdy = { ...paris, dateOrder: 'MDY' } as const
const ymd = { ...paris, dateOrder: 'YMD' } as const

type Good = readonly [DateRule, unknown, iso: string, DatePrecision, DateContext?]
type Bad = readonly [DateRule, unknown, DateContext?]

const good: readonly Good[] = [
  ['DT-ISO-ZONED', '2026-03-14T09:15:00Z', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14t09:15:00z', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14 09:15:00 UTC', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14 09:15:00 GMT', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T09:15Z', '2026-03-14T09:15:00.000Z', 'minute'],
  ['DT-ISO-ZONED', '2026-03-14T10:15:00+01:00', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T10:15:00 +0100', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T10:15:00+01', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T05:45:00-03:30', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T09:15:00Z', '2026-03-14T09:15:00.000Z', 's', newYork],
  ['DT-ISO-ZONED', '2026-03-14T09:15:00-00:00', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '2026-03-14T09:15:00.1Z', '2026-03-14T09:15:00.100Z', 'ms'],
  ['DT-ISO-ZONED', '2026-03-14T09:15:00,12Z', '2026-03-14T09:15:00.120Z', 'ms'],
  ['DT-ISO-ZONED', '2026-03-14T09:15:00.1239999999999999999999999Z', '2026-03-14T09:15:00.123Z', 'ms'],
  ['DT-ISO-ZONED', '2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z', 's'],
  ['DT-ISO-ZONED', '2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z', 's'],
  ['DT-ISO-ZONED', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z', 's'],
  ['DT-ISO-ZONED', '20260314T101500+0100', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-ZONED', '20260314T091500.25Z', '2026-03-14T09:15:00.250Z', 'ms'],

  ['DT-ISO-IXDTF', '2026-03-14T10:15:00+01:00[Europe/Paris]', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00[Europe/Paris]', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00[!Europe/Paris]', '2026-03-14T09:15:00.000Z', 's', newYork],
  ['DT-ISO-IXDTF', '2026-03-14T09:15:00Z[Europe/Paris]', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-03-14T09:15:00-00:00[Europe/Paris]', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-10-25T02:30:00+01:00[Europe/Paris]', '2026-10-25T01:30:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-10-25T02:30:00+02:00[Europe/Paris]', '2026-10-25T00:30:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-03-14T09:15:00[UTC]', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00[+01:00]', '2026-03-14T09:15:00.000Z', 's'],

  ['DT-OFFSET-WINS', '2026-03-14T10:15:00+01:00', '2026-03-14T09:15:00.000Z', 's', newYork],
  ['DT-OFFSET-WINS', '2026-10-25T02:30:00+02:00', '2026-10-25T00:30:00.000Z', 's', paris],
  ['DT-OFFSET-WINS', '2026-10-25T02:30:00+01:00', '2026-10-25T01:30:00.000Z', 's', paris],

  ['DT-LOCAL-ZONE', '2026-03-14T10:15:00', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '2026-07-14 10:15', '2026-07-14T08:15:00.000Z', 'minute', paris],
  ['DT-LOCAL-ZONE', '2026-07-14 10:15:00.5', '2026-07-14T08:15:00.500Z', 'ms', paris],
  ['DT-LOCAL-ZONE', '2026/07/14 10:15', '2026-07-14T14:15:00.000Z', 'minute', newYork],
  ['DT-LOCAL-ZONE', '2026-07-14 10:15 PM', '2026-07-14T20:15:00.000Z', 'minute', paris],
  ['DT-LOCAL-ZONE', '20260314101500', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', 20260314101500, '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '20260314101500123', '2026-03-14T09:15:00.123Z', 'ms', paris],
  ['DT-LOCAL-ZONE', '20260314T101500', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', 'Sat Mar 14 10:15:00 2026', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', 'Sat Mar  7 10:15:00 2026', '2026-03-07T09:15:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '2026-03-29T01:59:59.999', '2026-03-29T00:59:59.999Z', 'ms', paris],
  ['DT-LOCAL-ZONE', '2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '2026-10-25T01:59:59', '2026-10-24T23:59:59.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '2026-10-25T03:00:00', '2026-10-25T02:00:00.000Z', 's', paris],
  ['DT-LOCAL-ZONE', '2026-03-14T10:15:00', '2026-03-14T04:45:00.000Z', 's', { tz: 'Asia/Kolkata' }],
  // Lord Howe moves its clocks by half an hour.
  ['DT-LOCAL-ZONE', '2026-04-05T01:15:00', '2026-04-04T14:15:00.000Z', 's', { tz: 'Australia/Lord_Howe' }],
  ['DT-LOCAL-ZONE', '2026-04-05T02:15:00', '2026-04-04T15:45:00.000Z', 's', { tz: 'Australia/Lord_Howe' }],

  ['DT-DATE-ZONE', '2026-03-14', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-DATE-ZONE', '2026/03/14', '2026-03-13T23:00:00.000Z', 'day', mdy],
  ['DT-DATE-ZONE', '2026.03.14', '2026-03-14T04:00:00.000Z', 'day', newYork],
  ['DT-DATE-ZONE', '20260314', '2026-03-13T23:00:00.000Z', 'day', dmy],
  ['DT-DATE-ZONE', '2026-03-04', '2026-03-04T00:00:00.000Z', 'day', { tz: 'UTC', dateOrder: 'DMY' }],
  // Midnight did not exist: the clocks went from 24:00 to 01:00.
  ['DT-DATE-ZONE', '2018-11-04', '2018-11-04T03:00:00.000Z', 'day', { tz: 'America/Sao_Paulo' }],
  // Midnight happened twice: at 01:00 the clocks went back by an hour.
  ['DT-DATE-ZONE', '2026-11-01', '2026-11-01T04:00:00.000Z', 'day', { tz: 'America/Havana' }],

  ['DT-EPOCH-UNIT', 1773479700, '2026-03-14T09:15:00.000Z', 's', { unit: 's' }],
  ['DT-EPOCH-UNIT', '1773479700.1239', '2026-03-14T09:15:00.123Z', 'ms', { unit: 's' }],
  ['DT-EPOCH-UNIT', '1773479700123', '2026-03-14T09:15:00.123Z', 'ms', { unit: 'ms' }],
  ['DT-EPOCH-UNIT', 946684800000, '2000-01-01T00:00:00.000Z', 'ms', { unit: 'ms' }],
  ['DT-EPOCH-UNIT', '1773479700123999', '2026-03-14T09:15:00.123Z', 'ms', { unit: 'us' }],
  ['DT-EPOCH-UNIT', '1773479700123999999', '2026-03-14T09:15:00.123Z', 'ms', { unit: 'ns' }],

  ['DT-EPOCH-MAGNITUDE', 1773479700, '2026-03-14T09:15:00.000Z', 's'],
  ['DT-EPOCH-MAGNITUDE', '1773479700', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-EPOCH-MAGNITUDE', 1773479700.987, '2026-03-14T09:15:00.987Z', 'ms'],
  ['DT-EPOCH-MAGNITUDE', '1773479700.9879', '2026-03-14T09:15:00.987Z', 'ms'],
  ['DT-EPOCH-MAGNITUDE', 1773479700123, '2026-03-14T09:15:00.123Z', 'ms'],
  ['DT-EPOCH-MAGNITUDE', '1773479700123', '2026-03-14T09:15:00.123Z', 'ms', paris],
  ['DT-EPOCH-MAGNITUDE', '1773479700123456', '2026-03-14T09:15:00.123Z', 'ms'],
  ['DT-EPOCH-MAGNITUDE', '1773479700123999999', '2026-03-14T09:15:00.123Z', 'ms'],
  // As a binary fraction it is 64 ns off: its shortest decimal text is what was written.
  ['DT-EPOCH-MAGNITUDE', 1773479700123000000, '2026-03-14T09:15:00.123Z', 'ms'],

  ['DT-RFC2822', 'Sat, 14 Mar 2026 10:15:00 +0100', '2026-03-14T09:15:00.000Z', 's', newYork],
  ['DT-RFC2822', '14 Mar 2026 10:15 +0100', '2026-03-14T09:15:00.000Z', 'minute'],
  ['DT-RFC2822', '7 Mar 2026 09:15:00 GMT', '2026-03-07T09:15:00.000Z', 's'],
  ['DT-RFC2822', 'Sat, 14 Mar 2026 09:15:00 UT', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-RFC2822', 'Sat, 14 Mar 2026 09:15:00 UTC', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-RFC2822', 'Sat, 14 Mar 2026 09:15:00 Z', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-RFC2822', 'Sat, 14 Mar 2026 10:15:00 +0100 (CET)', '2026-03-14T09:15:00.000Z', 's'],
  ...(
    [
      ['EST', '15:15'],
      ['EDT', '14:15'],
      ['CST', '16:15'],
      ['CDT', '15:15'],
      ['MST', '17:15'],
      ['MDT', '16:15'],
      ['PST', '18:15'],
      ['PDT', '17:15'],
    ] as const
  ).map(([zone, utc]): Good => ['DT-RFC2822', `Sat, 14 Mar 2026 10:15:00 ${zone}`, `2026-03-14T${utc}:00.000Z`, 's']),

  ['DT-JS-TOSTRING', 'Sat Mar 14 2026 10:15:00 GMT+0100', '2026-03-14T09:15:00.000Z', 's'],
  [
    'DT-JS-TOSTRING',
    'Sat Mar 14 2026 10:15:00 GMT+0100 (Central European Standard Time)',
    '2026-03-14T09:15:00.000Z',
    's',
    newYork,
  ],
  ['DT-JS-TOSTRING', 'Sat Mar 14 2026 10:15:00 GMT+0100 (heure d’Europe centrale)', '2026-03-14T09:15:00.000Z', 's'],

  ['DT-UNIX-DATE', 'Sat Mar 14 09:15:00 UTC 2026', '2026-03-14T09:15:00.000Z', 's'],
  ['DT-UNIX-DATE', 'Sat Mar  7 09:15:00 GMT 2026', '2026-03-07T09:15:00.000Z', 's'],

  ['DT-MSJSON', '/Date(1773479700123)/', '2026-03-14T09:15:00.123Z', 'ms'],
  ['DT-MSJSON', '/Date(1773479700123+0100)/', '2026-03-14T09:15:00.123Z', 'ms'],
  ['DT-MSJSON', '/Date(1773479700123-0800)/', '2026-03-14T09:15:00.123Z', 'ms', paris],

  ['DT-NUM-DOT', '14.03.2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-NUM-DOT', '4.3.2026 9:05', '2026-03-04T08:05:00.000Z', 'minute', paris],
  ['DT-NUM-DOT', '03.04.2026', '2026-04-02T22:00:00.000Z', 'day', mdy],

  ['DT-NUM-OVER12', '14/03/2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-NUM-OVER12', '3/14/2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-NUM-OVER12', '03-14-2026 10:15:00', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-NUM-OVER12', '14/03/2026, 10:15:00', '2026-03-14T09:15:00.000Z', 's', dmy],
  ['DT-NUM-OVER12', '3/14/2026, 10:15:00\u202fPM', '2026-03-14T21:15:00.000Z', 's', mdy],
  ['DT-NUM-OVER12', '14/03/2026 10:15 +0100', '2026-03-14T09:15:00.000Z', 'minute'],
  ['DT-NUM-SAME', '05/05/2026', '2026-05-04T22:00:00.000Z', 'day', paris],
  ['DT-NUM-SAME', '5-5-2026', '2026-05-04T22:00:00.000Z', 'day', mdy],

  ['DT-NUM-ORDER', '03/04/2026', '2026-04-02T22:00:00.000Z', 'day', dmy],
  ['DT-NUM-ORDER', '03/04/2026', '2026-03-03T23:00:00.000Z', 'day', mdy],
  ['DT-NUM-ORDER', '3-4-2026 12:00 AM', '2026-04-02T22:00:00.000Z', 'minute', dmy],

  ['DT-YEAR2', '14/03/26', '2026-03-13T23:00:00.000Z', 'day', dmy],
  ['DT-YEAR2', '03/14/26', '2026-03-13T23:00:00.000Z', 'day', mdy],
  ['DT-YEAR2', '26-03-14', '2026-03-13T23:00:00.000Z', 'day', ymd],
  ['DT-YEAR2', '14.03.26', '2026-03-13T23:00:00.000Z', 'day', dmy],
  ['DT-YEAR2', '03.04.26', '2026-04-02T22:00:00.000Z', 'day', mdy],
  ['DT-YEAR2', '14-Mar-26', '2026-03-13T23:00:00.000Z', 'day', dmy],
  ['DT-YEAR2', '26-Mar-14', '2026-03-13T23:00:00.000Z', 'day', ymd],
  ['DT-YEAR2', '01/02/68', '2068-01-31T23:00:00.000Z', 'day', dmy],
  ['DT-YEAR2', '01/02/99', '1999-01-31T23:00:00.000Z', 'day', dmy],
  ['DT-YEAR2', 'Sat, 14 Mar 26 10:15:00 +0100', '2026-03-14T09:15:00.000Z', 's', dmy],

  ['DT-TEXT-MONTH', '14 March 2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-TEXT-MONTH', 'March 14, 2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-TEXT-MONTH', '14-Mar-2026', '2026-03-13T23:00:00.000Z', 'day', paris],
  ['DT-TEXT-MONTH', '14-MAR-2026 10:15:00', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-TEXT-MONTH', 'may 4, 2026', '2026-05-03T22:00:00.000Z', 'day', paris],
  ['DT-TEXT-MONTH', 'Mar 14, 2026, 10:15:00\u202fAM', '2026-03-14T09:15:00.000Z', 's', paris],
  ['DT-TEXT-MONTH', 'Saturday, March 14, 2026 at 10:15 AM', '2026-03-14T09:15:00.000Z', 'minute', paris],
  ['DT-TEXT-MONTH', '14 March 2026 09:15 UTC', '2026-03-14T09:15:00.000Z', 'minute'],
  ['DT-TEXT-MONTH', '14 Mar 2026 10:15:00', '2026-03-14T09:15:00.000Z', 's', paris],

  ['DT-EXCEL', 46095, '2026-03-13T23:00:00.000Z', 'day', { ...paris, unit: 'excel' }],
  ['DT-EXCEL', '46095.5', '2026-03-14T11:00:00.000Z', 'ms', { ...paris, unit: 'excel' }],
  ['DT-EXCEL', 46095.427083333336, '2026-03-14T09:15:00.000Z', 'ms', { ...paris, unit: 'excel' }],
  ['DT-EXCEL', '44633', '2026-03-14T00:00:00.000Z', 'day', { tz: 'UTC', unit: 'excel1904' }],
  // All but 0.4 ms of the day: rounded, it is the next one's beginning.
  ['DT-EXCEL', '46095.999999995', '2026-03-15T00:00:00.000Z', 'ms', { tz: 'UTC', unit: 'excel' }],
]

const ambiguous: readonly Bad[] = [
  ['DT-LOCAL-NOZONE', '2026-03-14T10:15:00'],
  ['DT-LOCAL-NOZONE', '2026-03-14 10:15'],
  ['DT-LOCAL-NOZONE', '20260314101500'],
  ['DT-LOCAL-NOZONE', '20260314101500123'],
  ['DT-LOCAL-NOZONE', 'Sat Mar 14 10:15:00 2026'],
  ['DT-LOCAL-NOZONE', '14/03/2026 10:15', { dateOrder: 'DMY' }],
  ['DT-LOCAL-NOZONE', '14 March 2026 10:15'],
  ['DT-LOCAL-NOZONE', 46095.5, { unit: 'excel' }],
  ['DT-LOCAL-NOZONE', '2026-03-14T10:15:00', { tz: 'Europe/Nowhere' }],
  ['DT-LOCAL-NOZONE', '2026-03-14T10:15:00', { tz: '2026-01-01T00:00:00+01:00[Europe/Paris]' }],
  ['DT-DATE-NOZONE', '2026-03-14'],
  ['DT-DATE-NOZONE', '20260314'],
  ['DT-DATE-NOZONE', '14.03.2026'],
  ['DT-DATE-NOZONE', 'March 14, 2026'],
  ['DT-DATE-NOZONE', 46095, { unit: 'excel' }],
  ['DT-ZONE-ABBR', '2100-01-01 13:59:59 CET'],
  ['DT-LOCAL-NOZONE', '2100-01-01T13:59:59'],
  // 1990 has begun in some places and not in others.
  ['DT-DATE-NOZONE', '1990-01-01'],
  ['DT-DST-OVERLAP', '2026-10-25T02:30:00', paris],
  ['DT-DST-OVERLAP', '2026-10-25T02:00:00', paris],
  ['DT-DST-OVERLAP', '2026-10-25T02:59:59.999', paris],
  ['DT-DST-OVERLAP', '25.10.2026 02:30', paris],
  ['DT-DST-OVERLAP', '2026-10-25T02:30:00[Europe/Paris]'],
  ['DT-DST-OVERLAP', '2026-11-01T01:30:00', newYork],
  ['DT-DST-OVERLAP', '2026-04-05T01:45:00', { tz: 'Australia/Lord_Howe' }],
  ['DT-EPOCH-MAGNITUDE', 123456789],
  ['DT-EPOCH-MAGNITUDE', '17734797001'],
  ['DT-EPOCH-MAGNITUDE', 177347970012],
  ['DT-EPOCH-MAGNITUDE', 20260314],
  ['DT-EPOCH-MAGNITUDE', '123456'],
  ['DT-EPOCH-MAGNITUDE', '1'],
  ['DT-EXCEL-NOUNIT', 46095],
  ['DT-EXCEL-NOUNIT', '46095.5', paris],
  ['DT-ZONE-ABBR', '2026-03-14 10:15:00 CET'],
  ['DT-ZONE-ABBR', '2026-03-14T10:15:00EST', paris],
  ['DT-ZONE-ABBR', 'Sat, 14 Mar 2026 10:15:00 CEST'],
  ['DT-ZONE-ABBR', 'Sat, 14 Mar 2026 10:15:00 BST'],
  ['DT-ZONE-ABBR', 'Sat Mar 14 09:15:00 IST 2026'],
  ['DT-ZONE-ABBR', 'Sat Mar 14 09:15:00 EST 2026'],
  ['DT-ZONE-ABBR', '14/03/2026 10:15 AEST'],
  ['DT-ZONE-ABBR', '14 March 2026 10:15 PM CET'],
  ['DT-ZONE-ABBR', '2026-03-14T10:15:00[CET]'],
  ['DT-ZONE-ABBR', '2026-03-14T10:15:00+01:00[CET]'],
  ['DT-ZONE-ABBR', '20260314T101500 CET'],
  ['DT-NUM-ORDER', '03/04/2026'],
  ['DT-NUM-ORDER', '03/04/2026', paris],
  ['DT-NUM-ORDER', '12-11-2026 10:15', paris],
  ['DT-NUM-ORDER', '1/2/2026 10:15 +0100'],
  ['DT-YEAR2', '14/03/26'],
  ['DT-YEAR2', '26-03-14', paris],
  ['DT-YEAR2', '14.03.26', paris],
  ['DT-YEAR2', '14-Mar-26', paris],
  ['DT-YEAR2', 'Sat, 14 Mar 26 10:15:00 +0100'],
]

const invalid: readonly Bad[] = [
  ...[null, undefined, '', '   ', '""', true, false, 'null', 'undefined', 'NaN', 'Invalid Date', ' "null" '].map(
    (value): Bad => ['DT-MISSING', value],
  ),
  ...[{}, [], new Date(0), Number.NaN, Number.POSITIVE_INFINITY, 12n, Symbol('date'), () => 0].map(
    (value): Bad => ['DT-MISSING', value],
  ),
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00+02:00[Europe/Paris]'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00+00:00[Europe/Paris]'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00+01:00[Europe/Nowhere]'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00[Europe/Nowhere]'],
  ['DT-ISO-IXDTF', '2026-03-14T10:15:00+01:00[+02:00]'],
  ['DT-DST-GAP', '2026-03-29T02:30:00', paris],
  ['DT-DST-GAP', '2026-03-29T02:00:00', paris],
  ['DT-DST-GAP', '2026-03-29T02:59:59.999', paris],
  ['DT-DST-GAP', '2026-03-29T02:30:00[Europe/Paris]'],
  ['DT-DST-GAP', '3/29/2026 2:30 AM', paris],
  ['DT-DST-GAP', '2026-03-08T02:30:00', newYork],
  ['DT-DST-GAP', '2026-10-04T02:15:00', { tz: 'Australia/Lord_Howe' }],
  ['DT-DST-GAP', '46110.104166666666', { ...paris, unit: 'excel' }],
  // Samoa went to the other side of the date line and left the day out.
  ['DT-DST-GAP', '2011-12-30', { tz: 'Pacific/Apia' }],
  ['DT-EPOCH-SCI', '1.773e9'],
  ['DT-EPOCH-SCI', '1.7734797E+12'],
  ['DT-EPOCH-SCI', '4e4', { unit: 'excel' }],
  ...[0, -1, -1773479700, '0', '-1773479700123', 1e21, 1e-7].map((value): Bad => ['DT-RANGE', value]),
  ['DT-RANGE', 1773479700123, { unit: 's' }],
  ['DT-RANGE', 1773479700, { unit: 'ms' }],
  ['DT-RANGE', 0, { unit: 'excel', tz: 'UTC' }],
  ['DT-RANGE', 29_000, { unit: 'excel', tz: 'UTC' }],
  ['DT-RANGE', '9999999999'],
  ['DT-RANGE', '0000000000001'],
  ...['0000-00-00', '1970-01-01', '0001-01-01', '1899-12-30', '9999-12-31', '1989-12-31'].map(
    (value): Bad => ['DT-RANGE', value],
  ),
  ['DT-RANGE', '1970-01-01T00:00:00Z'],
  ['DT-RANGE', '0095-01-01T00:00:00Z'],
  ['DT-RANGE', '1989-12-31T23:59:59.999Z'],
  ['DT-RANGE', '2100-01-01T00:00:00Z'],
  ['DT-RANGE', '1990-01-01', paris],
  ['DT-RANGE', '1970-01-01 00:00:00 CET'],
  // Still 2099 somewhere, or nowhere any more.
  ['DT-RANGE', '2100-01-01 14:00:00 CET'],
  ['DT-RANGE', '2100-01-01T14:00:00'],
  ['DT-RANGE', 29_000, { unit: 'excel' }],
  ['DT-RANGE', '/Date(0)/'],
  ['DT-RANGE', '/Date(-62135596800000)/'],
  ['DT-RANGE', '01/02/69', dmy],
  ['DT-RFC2822', 'Fri, 14 Mar 2026 10:15:00 +0100'],
  ['DT-RFC2822', 'Fri Mar 14 2026 10:15:00 GMT+0100'],
  ['DT-RFC2822', 'Fri Mar 14 09:15:00 UTC 2026'],
  ['DT-RFC2822', 'Friday, March 14, 2026'],
  ['DT-NUM-CONFLICT', '25/03/2026', mdy],
  ['DT-NUM-CONFLICT', '03/25/2026', dmy],
  ['DT-NUM-CONFLICT', '03/04/2026', ymd],
  ['DT-NUM-CONFLICT', '14/03/26', mdy],
  ['DT-TEXT-MONTH', '14 mars 2026'],
  ['DT-TEXT-MONTH', '14. März 2026'],
  ['DT-TEXT-MONTH', '14 de marzo de 2026'],
  ['DT-TEXT-MONTH', '14 Marchember 2026'],
  ['DT-TIME', '2026-03-14T25:00:00Z'],
  ['DT-TIME', '2026-03-14T24:00:01Z'],
  ['DT-TIME', '2026-03-14T24:00:00.001Z'],
  ['DT-TIME', '2026-03-14T24:01Z'],
  ['DT-TIME', '2026-03-14T10:60:00Z'],
  ['DT-TIME', '2026-12-31T23:59:60Z'],
  ['DT-TIME', '3/14/2026 13:15 PM', mdy],
  ['DT-TIME', '3/14/2026 0:15 AM', mdy],
  ['DT-TIME', '20260314256161'],
  ['DT-OFFSET', '2026-03-14T10:15:00+14:01'],
  ['DT-OFFSET', '2026-03-14T10:15:00-12:30'],
  ['DT-OFFSET', '2026-03-14T10:15:00+01:60'],
  ['DT-OFFSET', 'Sat, 14 Mar 2026 10:15:00 +2500'],
  ['DT-OFFSET', '/Date(1773479700123+2500)/'],
  ['DT-CALENDAR', '2026-02-30T00:00:00Z'],
  ['DT-CALENDAR', '2026-04-31'],
  ['DT-CALENDAR', '2026-02-29', paris],
  ['DT-CALENDAR', '2026-13-01'],
  ['DT-CALENDAR', '2026-00-10'],
  ['DT-CALENDAR', '31/02/2026'],
  ['DT-CALENDAR', '13/14/2026'],
  ['DT-CALENDAR', '0/5/2026'],
  ['DT-CALENDAR', '31.04.2026'],
  ['DT-CALENDAR', '45/45/45'],
  ['DT-CALENDAR', '30 Feb 2026 10:15:00 CET'],
  ['DT-CALENDAR', '31 April 2026'],
  ['DT-EXCEL', 60, { unit: 'excel', tz: 'UTC' }],
  ['DT-EXCEL', '1.5', { unit: 'excel', tz: 'UTC' }],
  ['DT-PARTIAL', '2026'],
  ['DT-PARTIAL', 2026],
  ['DT-PARTIAL', '2026-03'],
  ['DT-PARTIAL', '03/2026'],
  ['DT-PARTIAL', 'March 2026'],
  ['DT-PARTIAL', '14 March'],
  ['DT-PARTIAL', '10:15'],
  ['DT-PARTIAL', 'T10:15:00Z'],
  ['DT-PARTIAL', '10:15 PM'],
  ...['now', 'Yesterday', 'today 10:15', '2 hours ago', 'in 3 days', 'next Friday', '-2 days'].map(
    (value): Bad => ['DT-RELATIVE', value],
  ),
  ...['2026-W11-6', '2026-073', '2026-03-14/2026-03-15', '2026-03-14, 2026-03-15', 'foo 12', '2026-3-14', '２０２６-03-14'].map(
    (value): Bad => ['DT-UNSUPPORTED', value],
  ),
  ['DT-UNSUPPORTED', '2026-03-14T10Z'],
  ['DT-UNSUPPORTED', '""2026-03-14T10:15:00Z""'],
  ['DT-UNSUPPORTED', '2026-03-14T10:15:00 GMT+1'],
  ['DT-UNSUPPORTED', `2026-03-14T10:15:00.${'1'.repeat(45)}Z`],
  ['DT-UNSUPPORTED', `Sat Mar 14 2026 10:15:00 GMT+0100 (${'x'.repeat(1000)})`],
  ['DT-UNSUPPORTED', `${' '.repeat(1000)}2026-03-14T10:15:00Z`],
  ['DT-UNSUPPORTED', '/Date(now)/'],
]

const goodCases = good.map(([rule, given, iso, precision, context = {}]) => ({ rule, given, iso, precision, context }))
const ambiguousCases = ambiguous.map(([rule, given, context = {}]) => ({ rule, given, context }))
const invalidCases = invalid.map(([rule, given, context = {}]) => ({ rule, given, context, title: describeValue(given) }))

describe('what has one reading', () => {
  test.each(goodCases)('$rule: $given is $iso, to the $precision $context', ({ rule, given, iso, precision, context }) => {
    expect(parseDate(given, context)).toEqual({ status: 'ok', rule, iso, precision, raw: given })
  })
})

describe('what has several readings', () => {
  test.each(ambiguousCases)('$rule: $given $context', ({ rule, given, context }) => {
    expect(parseDate(given, context)).toEqual({ status: 'ambiguous', rule })
  })
})

describe('what has none', () => {
  test.each(invalidCases)('$rule: $title $context', ({ rule, given, context }) => {
    expect(parseDate(given, context)).toEqual({ status: 'invalid', rule })
  })
})

test.each([
  '  2026-03-14T09:15:00Z\n',
  '"2026-03-14T09:15:00Z"',
  '\u00a02026-03-14T09:15:00Z\u202f',
  ' " 2026-03-14T09:15:00Z " ',
  '2026-03-14\u00a009:15:00\u202fUTC',
])('DT-TRIM: %j is read without what stands around it, and kept as it was', (raw) => {
  expect(parseDate(raw)).toMatchObject({ status: 'ok', iso: '2026-03-14T09:15:00.000Z', raw })
})

test('DT-TIME: twelve at night is 0 and at noon 12', () => {
  const at = (time: string) => parseDate(`14/03/2026 ${time}`, { tz: 'UTC' })
  expect(at('12:00 AM')).toMatchObject({ iso: '2026-03-14T00:00:00.000Z' })
  expect(at('12:30 a.m.')).toMatchObject({ iso: '2026-03-14T00:30:00.000Z' })
  expect(at('12:00 PM')).toMatchObject({ iso: '2026-03-14T12:00:00.000Z' })
  expect(at('1:00pm')).toMatchObject({ iso: '2026-03-14T13:00:00.000Z' })
})

test('DT-OFFSET: from 12 hours behind to 14 ahead', () => {
  expect(parseDate('2026-03-14T00:00:00-12:00')).toMatchObject({ iso: '2026-03-14T12:00:00.000Z' })
  expect(parseDate('2026-03-14T00:00:00+14:00')).toMatchObject({ iso: '2026-03-13T10:00:00.000Z' })
})

test('DT-EXCEL: the two ways to count are 1462 days apart', () => {
  const at = (serial: number, unit: 'excel' | 'excel1904') => parseDate(serial, { tz: 'UTC', unit })
  expect(at(46095 - 1462, 'excel1904')).toMatchObject({ iso: '2026-03-14T00:00:00.000Z' })
  expect(at(46095, 'excel')).toMatchObject({ iso: '2026-03-14T00:00:00.000Z' })
})

function describeValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return `${typeof value} ${text.length > 80 ? `${text.slice(0, 80)} …` : text}`
}
