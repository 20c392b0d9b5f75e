import { FootfallError } from '../errors.ts'

/** What a cell holds. Only a spreadsheet knows numbers and truth values; empty is `''`. */
export type Cell = string | number | boolean

/** A row below the header. */
export interface TableRow {
  /** Where it begins in the file, from 1. */
  readonly line: number
  readonly cells: readonly Cell[]
}

/** A line with an event, or with what should have been one. */
export interface EventLine {
  /** From 1. */
  readonly line: number
  /** As it stands in the file. */
  readonly text: string
  /** `null` where the text is no JSON object. */
  readonly event: Readonly<Record<string, unknown>> | null
}

/** A file with a header. Its rows can be gone through several times; each time the file is read anew, a piece at a time. */
export interface TableFile {
  readonly kind: 'table'
  /** The header's names, trimmed; one may be empty. */
  readonly columns: readonly string[]
  /** How it is written, for people: `separated by ";", windows-1252`. */
  readonly writing: string
  /** From when the workbook's day numbers count; `null` where the file has none. */
  readonly days: 'excel' | 'excel1904' | null
  readonly separator: string
  rows(): AsyncIterable<TableRow>
}

/** A file with one JSON object a line. */
export interface EventsFile {
  readonly kind: 'events'
  readonly writing: string
  rows(): AsyncIterable<EventLine>
}

export type SourceFile = TableFile | EventsFile

export interface OpenOptions {
  /** As WHATWG calls it: `windows-1252`, `utf-16le`. A byte order mark wins. @defaultValue `utf-8` */
  readonly encoding?: string | undefined
  /** One character. @defaultValue of `;`, `,` and tab the one that the header has most of */
  readonly separator?: string | undefined
  /** Name of a workbook's sheet. @defaultValue the first */
  readonly sheet?: string | undefined
}

/** @param sentence may quote the file: what stands there moves no cursor */
export const badImport = (sentence: string, cause?: unknown): FootfallError =>
  new FootfallError('bad_import', sentence.replace(/[\p{Cc}\p{Cf}]+/gu, ' '), { cause })

/** Why a file could not be read, in few words. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  return code ?? cause.message.replace(/\p{Cc}+/gu, ' ').slice(0, 200)
}
