/** Rules of reading dates and times; a reading names the one that decided. */
export type DateRule =
  | 'DT-MISSING'
  | 'DT-ISO-ZONED'
  | 'DT-ISO-IXDTF'
  | 'DT-OFFSET-WINS'
  | 'DT-LOCAL-ZONE'
  | 'DT-LOCAL-NOZONE'
  | 'DT-DST-GAP'
  | 'DT-DST-OVERLAP'
  | 'DT-DATE-ZONE'
  | 'DT-DATE-NOZONE'
  | 'DT-EPOCH-UNIT'
  | 'DT-EPOCH-MAGNITUDE'
  | 'DT-EPOCH-SCI'
  | 'DT-RANGE'
  | 'DT-RFC2822'
  | 'DT-ZONE-ABBR'
  | 'DT-JS-TOSTRING'
  | 'DT-UNIX-DATE'
  | 'DT-MSJSON'
  | 'DT-NUM-DOT'
  | 'DT-NUM-OVER12'
  | 'DT-NUM-SAME'
  | 'DT-NUM-ORDER'
  | 'DT-NUM-CONFLICT'
  | 'DT-YEAR2'
  | 'DT-TEXT-MONTH'
  | 'DT-TIME'
  | 'DT-OFFSET'
  | 'DT-CALENDAR'
  | 'DT-EXCEL'
  | 'DT-EXCEL-NOUNIT'
  | 'DT-PARTIAL'
  | 'DT-RELATIVE'
  | 'DT-UNSUPPORTED'

/** What is known about the source that wrote a date. Without it, some texts have more than one reading. */
export interface DateContext {
  /** IANA name of the zone of times and dates that name none: `Europe/Paris`. An unknown name counts as none. */
  readonly tz?: string | null | undefined
  /** Order of day, month and year where figures alone do not tell: `03/04/2026`. */
  readonly dateOrder?: DateOrder | null | undefined
  /** What bare numbers count: since 1970, or days as Excel counts them, from 1900 or from 1904. */
  readonly unit?: DateUnit | null | undefined
}

export type DateOrder = 'DMY' | 'MDY' | 'YMD'
export type DateUnit = 's' | 'ms' | 'us' | 'ns' | 'excel' | 'excel1904'

/** How exactly the source told the time. Digits beyond milliseconds are cut off. */
export type DatePrecision = 'ms' | 's' | 'minute' | 'day'
